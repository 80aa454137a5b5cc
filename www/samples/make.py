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

HERE = Path(__file__).parent.parent / "public" / "samples"
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


def draw_aeroplane(d):
    body, wing, ink = (238, 240, 244), (150, 158, 170), (60, 66, 78)
    for x, y, r in ((140, 760, 90), (240, 800, 110), (820, 240, 80), (900, 280, 70)):
        d.ellipse((x - r, y - 0.5 * r, x + r, y + 0.5 * r), fill=(214, 228, 242))
    d.polygon([(470, 470), (690, 250), (750, 260), (620, 480)], fill=wing)
    d.polygon([(130, 480), (90, 300), (150, 300), (250, 450)], fill=(196, 40, 40))
    d.polygon([(110, 500), (880, 430), (930, 470), (880, 540), (640, 580), (160, 560)], fill=body)
    d.ellipse((820, 425, 960, 545), fill=body)
    d.polygon([(440, 540), (640, 540), (420, 790), (340, 800)], fill=wing)
    d.polygon([(130, 520), (240, 525), (130, 620), (80, 620)], fill=wing)
    for x in range(300, 780, 48):
        d.ellipse((x, 482, x + 22, 510), fill=ink)
    d.polygon([(862, 450), (905, 462), (900, 486), (850, 480)], fill=ink)
    d.ellipse((520, 590, 620, 640), fill=ink)


def road(d, sky, ground):
    d.rectangle((0, 0, 1024, 620), fill=sky)
    d.rectangle((0, 620, 1024, 1024), fill=ground)


def wheel(d, x, y, r):
    d.ellipse((x - r, y - r, x + r, y + r), fill=(24, 24, 26))
    d.ellipse((x - 0.5 * r, y - 0.5 * r, x + 0.5 * r, y + 0.5 * r), fill=(170, 172, 178))


def draw_car(d):
    road(d, (206, 214, 220), (120, 122, 126))
    red, glass = (196, 30, 34), (58, 72, 90)
    d.ellipse((100, 700, 930, 790), fill=(80, 82, 86))
    d.polygon([(300, 420), (400, 290), (680, 290), (800, 430)], fill=red)
    d.polygon([(345, 415), (420, 320), (520, 320), (520, 415)], fill=glass)
    d.polygon([(545, 320), (660, 320), (735, 415), (545, 415)], fill=glass)
    d.rounded_rectangle((90, 410, 940, 660), 70, fill=red)
    d.rectangle((90, 600, 940, 660), fill=(120, 18, 22))
    d.ellipse((880, 460, 940, 520), fill=(250, 240, 190))
    d.rectangle((90, 470, 130, 520), fill=(250, 120, 60))
    wheel(d, 270, 670, 95)
    wheel(d, 760, 670, 95)


def draw_truck(d):
    road(d, (188, 208, 226), (126, 122, 116))
    d.ellipse((60, 770, 980, 850), fill=(86, 84, 80))
    d.rectangle((60, 220, 640, 690), fill=(236, 236, 232))
    for x in range(110, 640, 58):
        d.line([(x, 220), (x, 690)], fill=(205, 205, 200), width=6)
    d.polygon([(660, 690), (660, 330), (850, 330), (930, 500), (970, 520), (970, 690)], fill=(30, 84, 170))
    d.polygon([(700, 370), (830, 370), (895, 500), (700, 500)], fill=(60, 72, 88))
    d.rectangle((60, 690, 970, 730), fill=(50, 50, 54))
    d.rectangle((930, 600, 975, 650), fill=(250, 240, 190))
    for x in (180, 330, 820):
        wheel(d, x, 740, 88)


def draw_ship(d):
    d.rectangle((0, 0, 1024, 640), fill=(196, 218, 236))
    d.rectangle((0, 640, 1024, 1024), fill=(38, 92, 140))
    d.polygon([(60, 540), (960, 500), (870, 740), (150, 740)], fill=(34, 38, 48))
    d.polygon([(120, 690), (890, 690), (870, 740), (150, 740)], fill=(168, 36, 32))
    d.rectangle((250, 420, 760, 535), fill=(246, 246, 244))
    d.rectangle((320, 330, 660, 420), fill=(236, 236, 234))
    d.polygon([(400, 330), (420, 190), (510, 190), (520, 330)], fill=(206, 60, 40))
    d.polygon([(404, 240), (415, 210), (512, 210), (514, 240)], fill=(24, 24, 28))
    for x in range(290, 740, 60):
        d.ellipse((x, 460, x + 26, 486), fill=(60, 80, 110))
    d.line([(700, 420), (700, 220)], fill=(60, 60, 66), width=10)
    for y in range(760, 1020, 60):
        for x in range(-40 + (y % 120), 1024, 170):
            d.arc((x, y, x + 120, y + 40), 200, 340, fill=(120, 168, 205), width=8)


def draw_bird(d):
    d.rectangle((0, 0, 1024, 1024), fill=(200, 220, 206))
    d.line([(0, 830), (1024, 780)], fill=(104, 76, 52), width=34)
    brown, light = (120, 82, 52), (214, 186, 150)
    d.polygon([(330, 560), (60, 760), (110, 800), (430, 690)], fill=(84, 58, 40))
    d.ellipse((280, 380, 740, 740), fill=light)
    d.ellipse((570, 230, 800, 460), fill=brown)
    d.polygon([(290, 520), (620, 400), (680, 560), (420, 680)], fill=brown)
    d.polygon([(790, 320), (900, 355), (790, 385)], fill=(226, 160, 40))
    d.ellipse((705, 300, 745, 340), fill=(20, 18, 16))
    d.ellipse((715, 306, 728, 319), fill=(250, 250, 250))
    for x in (470, 560):
        d.line([(x, 720), (x + 10, 805)], fill=(190, 120, 40), width=14)


def draw_frog(d):
    green, dark = (90, 110, 50), (56, 72, 30)
    for side in (-1, 1):
        d.ellipse((512 + side * 270 - 190, 470, 512 + side * 270 + 190, 850), fill=dark)
        d.ellipse((512 + side * 350 - 130, 790, 512 + side * 350 + 130, 880), fill=green)
    d.ellipse((222, 330, 802, 860), fill=green)
    d.ellipse((380, 640, 644, 860), fill=(120, 130, 76))
    for side in (-1, 1):
        x = 512 + side * 175
        d.ellipse((x - 95, 250, x + 95, 440), fill=green)
        d.ellipse((x - 55, 290, x + 55, 400), fill=(60, 50, 30))
        d.ellipse((x - 44, 325, x + 44, 369), fill=(14, 14, 12))
        d.ellipse((512 + side * 140 - 60, 800, 512 + side * 140 + 60, 880), fill=dark)
    for x, y, r in ((400, 500, 34), (620, 480, 40), (512, 560, 26), (330, 620, 30), (700, 610, 34)):
        d.ellipse((x - r, y - r, x + r, y + r), fill=dark)
    d.arc((330, 360, 694, 580), 20, 160, fill=(40, 60, 20), width=12)


def draw_deer(d):
    d.rectangle((0, 0, 1024, 640), fill=(150, 168, 120))
    d.rectangle((0, 640, 1024, 1024), fill=(120, 130, 70))
    fur, dark = (158, 106, 62), (92, 60, 36)
    for x in (330, 400, 610, 680):
        d.polygon([(x - 26, 600), (x + 26, 600), (x + 14, 900), (x - 14, 900)], fill=dark if x in (400, 680) else fur)
    d.ellipse((270, 430, 740, 680), fill=fur)
    d.polygon([(630, 540), (700, 270), (790, 280), (740, 590)], fill=fur)
    d.polygon([(680, 210), (800, 190), (910, 300), (880, 330), (760, 330), (690, 300)], fill=fur)
    d.polygon([(690, 240), (610, 200), (680, 280)], fill=dark)
    d.ellipse((780, 235, 808, 263), fill=(16, 14, 12))
    d.ellipse((880, 290, 915, 325), fill=(24, 20, 18))
    for pts in ([(720, 210), (690, 110), (620, 40)], [(690, 120), (740, 50)], [(760, 200), (800, 100), (780, 30)], [(798, 110), (870, 60)]):
        d.line(pts, fill=(84, 64, 44), width=16, joint="curve")
    d.polygon([(270, 500), (230, 560), (290, 570)], fill=(240, 236, 226))


def draw_dog(d):
    d.rectangle((0, 0, 1024, 1024), fill=(206, 198, 186))
    fur, dark = (182, 122, 66), (104, 64, 36)
    d.ellipse((240, 640, 784, 1150), fill=fur)
    d.ellipse((380, 760, 644, 1100), fill=(240, 228, 208))
    d.ellipse((270, 210, 754, 740), fill=fur)
    d.polygon([(470, 220), (554, 220), (600, 560), (424, 560)], fill=(240, 228, 208))
    d.ellipse((370, 480, 654, 760), fill=(240, 228, 208))
    for side in (-1, 1):
        d.ellipse((512 + side * 260 - 90, 250, 512 + side * 260 + 90, 620), fill=dark)
        d.ellipse((512 + side * 115 - 36, 400, 512 + side * 115 + 36, 472), fill=(30, 20, 14))
        d.arc((512 + side * 50 - 50, 600, 512 + side * 50 + 50, 690), 10, 170, fill=(40, 26, 20), width=10)
    d.ellipse((440, 530, 584, 630), fill=(26, 20, 18))
    d.polygon([(470, 680), (554, 680), (540, 780), (484, 780)], fill=(214, 96, 100))


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
    # CIFAR-10's classes: of these eight none of the packages has a picture under a clear licence, so they are drawn.
    save(drawing((150, 190, 228), draw_aeroplane), "aeroplane")
    save(drawing("white", draw_car), "car")
    save(drawing("white", draw_bird), "bird")
    save(drawing("white", draw_deer), "deer")
    save(drawing("white", draw_dog), "dog")
    save(drawing((150, 140, 120), draw_frog), "frog")
    save(drawing("white", draw_ship), "ship")
    save(drawing("white", draw_truck), "truck")
    thumbnails()
