"""Makes the samples that are compositions or drawings, those that come from other packages, and the sheet of thumbnails.

    pip download --no-deps --only-binary :all: --python-version 3.11 scikit-image==0.26.0
    pip download --no-deps --only-binary :all: --python-version 3.7 --platform manylinux1_x86_64 scipy==1.5.4
    pip download --no-deps --only-binary :all: --python-version 3.9 --platform manylinux2014_x86_64 scikit-learn==1.3.2
    python make.py FOLDER_OF_WHEELS          (needs Pillow)

The other samples are pictures of scikit-image, resaved as JPEG. Licences, as the packages state them: chelsea, coffee,
horse: CC0 (docstrings of skimage/data/_fetchers.py). clock_motion, hubble_deep_field: public domain (there too). brick:
CC0 (CC0Textures). raccoon: public domain (public-domain-image.com; scipy/misc/common.py). china.jpg: CC BY 2.0 by
danielbuechele (sklearn/datasets/images/README.txt). What is drawn or composed here from these is CC0 itself.
"""
import bz2
import io
import json
import math
import random
import sys
import zipfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

HERE = Path(__file__).parent
LONG_SIDE = 512
THUMB = 80


def from_wheel(package, path):
    wheel = next(Path(sys.argv[1]).glob(f"{package}-*.whl"))
    return zipfile.ZipFile(wheel).read(path)


def picture(name):
    return Image.open(io.BytesIO(from_wheel("scikit_image", f"skimage/data/{name}")))


def save(image, name, quality=84):
    image = image.convert("RGB")
    image.thumbnail((LONG_SIDE, LONG_SIDE), Image.LANCZOS)
    image.save(HERE / f"{name}.jpg", quality=quality, optimize=True)


def raccoon():
    pixels = bz2.decompress(from_wheel("scipy", "scipy/misc/face.dat"))
    return Image.frombytes("RGB", (1024, 768), pixels)


def silhouette(horse, texture):
    """The horse's outline, filled with a texture."""
    size = (512, 420)
    inside = ImageOps.invert(horse.resize(size, Image.LANCZOS))
    paper = Image.new("RGB", size, "white")
    paper.paste(ImageOps.fit(texture, size, Image.LANCZOS), (0, 0), inside)
    return paper


def shuffled(image, tiles, seed=7):
    """Cut into tiles * tiles squares that change places: texture and parts stay, the arrangement goes."""
    side = LONG_SIDE // tiles
    square = ImageOps.fit(image, (side * tiles, side * tiles), Image.LANCZOS)
    places = [(x * side, y * side) for y in range(tiles) for x in range(tiles)]
    targets = places[:]
    random.Random(seed).shuffle(targets)
    out = Image.new("RGB", square.size)
    for (x, y), target in zip(places, targets):
        out.paste(square.crop((x, y, x + side, y + side)), target)
    return out


def beside(left, right, width=256, height=384):
    out = Image.new("RGB", (2 * width, height))
    for i, image in enumerate((left, right)):
        out.paste(ImageOps.fit(image, (width, height), Image.LANCZOS), (i * width, 0))
    return out


def small_on_wall(image, brick):
    wall = ImageOps.colorize(brick.convert("L"), (40, 15, 10), (225, 150, 120))
    wall.paste(ImageOps.fit(image, (110, 110), Image.LANCZOS), (60, 60))
    return wall


def drawing(ground, draw):
    """At twice the size, so that edges are smooth."""
    image = Image.new("RGB", (1024, 1024), ground)
    draw(ImageDraw.Draw(image))
    return image


def draw_clock(d):
    ink = (30, 30, 30)
    d.ellipse((132, 132, 892, 892), fill=(40, 40, 44))
    d.ellipse((172, 172, 852, 852), fill=(252, 251, 247))

    def ray(angle, near, far, width):
        x, y = math.sin(angle), -math.cos(angle)
        d.line([(512 + near * x, 512 + near * y), (512 + far * x, 512 + far * y)], fill=ink, width=width)

    for minute in range(60):
        ray(minute * math.pi / 30, 320 if minute % 5 else 285, 330, 5 if minute % 5 else 14)
    ray(math.radians(-55), -40, 190, 26)
    ray(math.radians(54), -40, 270, 16)
    d.ellipse((490, 490, 534, 534), fill=(190, 40, 30))


def draw_cat(d):
    ink, fur = (40, 38, 40), (190, 140, 90)
    for side in (-1, 1):
        d.polygon([(512 + side * x, y) for x, y in ((262, 420), (242, 140), (42, 300))], fill=fur)
    d.ellipse((220, 230, 804, 830), fill=fur)
    for x in (400, 624):
        d.ellipse((x - 60, 440, x + 60, 560), fill=(150, 190, 80))
        d.ellipse((x - 18, 445, x + 18, 555), fill=ink)
    d.polygon([(472, 620), (552, 620), (512, 665)], fill=(200, 100, 100))
    d.line([(512, 665), (512, 700)], fill=ink, width=8)
    d.arc((432, 660, 512, 740), 0, 170, fill=ink, width=8)
    d.arc((512, 660, 592, 740), 10, 180, fill=ink, width=8)
    for side in (-1, 1):
        for dy in (-30, 0, 30):
            d.line([(512 + side * 90, 680), (512 + side * 330, 660 + 2 * dy)], fill=ink, width=6)
    for dx in (-60, 0, 60):
        d.line([(512 + dx, 250), (512 + 0.8 * dx, 360)], fill=(120, 80, 45), width=26)


def thumbnails():
    """One file instead of one per sample, in the order of samples.json: a page that opens should not fetch all of them."""
    samples = json.loads((HERE / "samples.json").read_text())["samples"]
    sheet = Image.new("RGB", (THUMB * len(samples), THUMB))
    for i, sample in enumerate(samples):
        image = Image.open(HERE / sample["file"]).convert("RGB")
        sheet.paste(ImageOps.fit(image, (THUMB, THUMB), Image.LANCZOS), (i * THUMB, 0))
    sheet.save(HERE / "thumbnails.jpg", quality=80, optimize=True)


if __name__ == "__main__":
    cat, coffee = picture("chelsea.png").convert("RGB"), picture("coffee.png").convert("RGB")
    save(Image.open(io.BytesIO(from_wheel("scikit_learn", "sklearn/datasets/images/china.jpg"))), "palace")
    save(raccoon(), "raccoon")
    save(picture("hubble_deep_field.jpg"), "hubble")
    save(picture("clock_motion.png"), "clock-blurred")
    save(beside(cat, coffee), "cat-and-coffee")
    save(small_on_wall(cat.crop((110, 0, 410, 300)), picture("brick.png")), "cat-on-wall")
    save(silhouette(picture("horse.png").convert("L"), cat.crop((120, 20, 420, 280))), "horse-of-fur")
    save(shuffled(cat, 4), "cat-shuffled")
    save(drawing((196, 206, 200), draw_clock), "clock-drawn")
    save(drawing((246, 243, 236), draw_cat), "cat-drawn")
    thumbnails()
