"""What is measured: the packaged service, and the JDK that runs it."""

import glob
import os
import sys

import jdk

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def found(program, jar=None):
    """(the jar, (path of java, its version)); what is missing ends the program with a sentence."""

    def die(text):
        print(f"{program}: {text}", file=sys.stderr)
        sys.exit(2)

    if jar and not os.path.isfile(jar):
        die(f"there is no {jar}")
    jar = jar or packaged() or die("there is no target/procpool-<version>.jar: run ./mvnw -q -DskipTests package first")
    java = jdk.find() or die(f"Procpool needs a JDK {jdk.LEAST} or newer and found none: install one and set JAVA_HOME to its folder")
    return jar, java


def packaged():
    """The newest jar that was built, or None."""
    jars = glob.glob(os.path.join(ROOT, "target", "procpool-[0-9]*.jar"))
    jars = [jar for jar in jars if not jar.endswith(("-sources.jar", "-javadoc.jar", "-tests.jar"))]
    return max(jars, key=os.path.getmtime, default=None)
