"""The JDK, found as ./mvnw finds it: the first of version 25 or newer of JAVA_HOME, the java on PATH, the usual places."""

import glob
import os
import re
import shutil

LEAST = 25
PLACES = (
    "/usr/lib/jvm:/usr/java:/opt:/opt/java:/usr/local:/Library/Java/JavaVirtualMachines:/opt/homebrew/opt"
    ":~/.sdkman/candidates/java:~/.jdks:~/.local/share/mise/installs/java:~/.asdf/installs/java"
)


def candidates():
    yield os.environ.get("JAVA_HOME", "")
    if compiler := shutil.which("javac"):
        yield os.path.realpath(compiler).removesuffix("/bin/javac")
    for place in os.environ.get("MVNW_JDKS", PLACES).split(":"):
        for below in ("*", "*/*/Contents/Home", "*/libexec/openjdk.jdk/Contents/Home"):
            yield from sorted(glob.glob(os.path.join(os.path.expanduser(place), below)))


def version(home):
    """What the JDK's release file says, or "" if it is none."""
    try:
        with open(os.path.join(home, "release"), encoding="utf-8") as file:
            found = re.search(r'^JAVA_VERSION="([^"]+)"', file.read(), re.MULTILINE)
    except OSError:
        return ""
    return found[1] if found and os.access(os.path.join(home, "bin", "java"), os.X_OK) else ""


def find():
    """(path of java, version) or None."""
    for home in candidates():
        known = version(home) if home else ""
        if known and int(re.match(r"\d+", known)[0]) >= LEAST:
            return os.path.join(home, "bin", "java"), known
    return None
