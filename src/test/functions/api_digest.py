"""The main job: digests of many files."""
import hashlib


def compute_digest(filename):
    digest = hashlib.sha512()
    with open(filename, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()
