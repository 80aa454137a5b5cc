//! Small files that claim enormous pictures. Each is named with its reason, and the good pictures around it have their answers.

use super::*;
use std::io::Write;
use std::time::{Duration, Instant};

fn png_chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let crc = crc32([kind, data].concat().as_slice());
    [&(data.len() as u32).to_be_bytes(), &kind[..], data, &crc.to_be_bytes()].concat()
}

pub fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

fn png(width: u32, height: u32, depth: u8, colour: u8) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, colour, 0, 0, 0]].concat();
    let nothing = [0x78, 1, 3, 0, 0, 0, 0, 1]; // zlib's way to say it
    let chunks = [png_chunk(b"IHDR", &header), png_chunk(b"IDAT", &nothing), png_chunk(b"IEND", b"")];
    [b"\x89PNG\r\n\x1a\n", chunks.concat().as_slice()].concat()
}

fn gif(screen: u16, frame: u16) -> Vec<u8> {
    let [a, b] = [screen, frame].map(|side| [side.to_le_bytes(), side.to_le_bytes()].concat());
    let parts: [&[u8]; 6] =
        [b"GIF89a", &a, b"\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0", &b, b"\0\x02\x02\x44\x01\0", b"\x3b"];
    parts.concat()
}

/// A picture of the corpus whose frame header claims another size.
fn jpeg(name: &str, width: u16, height: u16) -> Vec<u8> {
    let mut bytes = std::fs::read(corpus::pictures().join(name)).unwrap();
    let frame = bytes.windows(4).position(|w| matches!(w, [0xff, 0xc0 | 0xc2, 0, _])).unwrap();
    bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    bytes
}

fn bmp(width: i32, height: i32, compression: u8) -> Vec<u8> {
    let mut bytes = std::fs::read(corpus::pictures().join("palette.bmp")).unwrap();
    bytes[18..22].copy_from_slice(&width.to_le_bytes());
    bytes[22..26].copy_from_slice(&height.to_le_bytes());
    bytes[30] = compression;
    bytes
}

/// The largest that WebP's two ways to code a frame can claim, and a canvas that is larger still.
fn webps() -> [Vec<u8>; 3] {
    let riff = |chunk: &[u8; 4], data: &[u8]| {
        let size = |n: usize| (n as u32).to_le_bytes();
        [b"RIFF", &size(data.len() + 12)[..], b"WEBP", chunk, &size(data.len()), data].concat()
    };
    let lossy = b"\x10\x02\0\x9d\x01\x2a\xff\x3f\xff\x3f\0\0\0\0\0\0\0\0\0\0";
    let lossless = b"\x2f\xfe\xbf\xff\x0f\0\0\0\0\0";
    let canvas = b"\0\0\0\0\xff\xff\0\xff\xff\0";
    [riff(b"VP8 ", lossy), riff(b"VP8L", lossless), riff(b"VP8X", canvas)]
}

/// A grey picture of 256 x 256 whose every block is brighter than the last by the most that JPEG can say, times the largest
/// step of quantisation: more than 32 bits hold after 17 of its 1024 blocks.
fn brighter_and_brighter(progressive: bool) -> Vec<u8> {
    let segment =
        |marker: u8, data: &[u8]| [&[0xff, marker], &(data.len() as u16 + 2).to_be_bytes()[..], data].concat();
    // A table of one code, a single 0 bit.
    let table = |class: u8, symbol: u8| [&[class, 1][..], &[0; 15], &[symbol]].concat();
    let (last, frame) = if progressive { (0, 0xc2) } else { (63, 0xc0) };
    let mut bits = String::new();
    for _ in 0..1024 {
        bits += "011111111111"; // 11 bits follow, all of them set: 2047
        bits += if progressive { "" } else { "0" }; // the end of the block
    }
    let mut scan = Vec::new();
    for byte in bits.as_bytes().chunks_exact(8) {
        scan.push(byte.iter().fold(0, |byte, bit| byte << 1 | (bit - b'0')));
        if scan.last() == Some(&0xff) {
            scan.push(0);
        }
    }
    [
        b"\xff\xd8".to_vec(),
        segment(0xdb, &[&[0x10][..], &[0xff; 128]].concat()),
        segment(frame, &[8, 1, 0, 1, 0, 1, 1, 0x11, 0]),
        segment(0xc4, &table(0, 11)),
        segment(0xc4, &table(0x10, 0)),
        segment(0xda, &[1, 1, 0, 0, last, 0]),
        scan,
        b"\xff\xd9".to_vec(),
    ]
    .concat()
}

/// Name and bytes of each.
fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    let [lossy, lossless, canvas] = webps();
    vec![
        ("200000.png", png(200_000, 200_000, 8, 6)),
        ("longest.png", png(u32::MAX >> 1, u32::MAX >> 1, 16, 6)),
        ("line.png", png(u32::MAX >> 1, 1, 1, 0)),
        ("16-bit.png", png(20_000, 20_000, 16, 6)),
        ("65500.jpg", jpeg("exif-1.jpg", 65_500, 65_500)),
        ("65500-progressive.jpg", jpeg("progressive.jpg", 65_500, 65_500)),
        ("65500-cmyk.jpg", jpeg("cmyk.jpg", 65_500, 65_500)),
        ("screen.gif", gif(65_535, 65_535)),
        ("frame.gif", gif(1, 65_535)),
        ("rgb.bmp", bmp(i32::MAX, 3, 0)),
        ("square.bmp", bmp(60_000, -60_000, 0)),
        ("runs.bmp", bmp(60_000, 60_000, 1)),
        ("lossy.webp", lossy),
        ("lossless.webp", lossless),
        ("canvas.webp", canvas),
    ]
}

/// Generous, for a machine that does other things; a bomb that goes off takes more.
const SOON: Duration = Duration::from_secs(20);

#[test]
fn classify_survives_bombs() {
    let (here, good) = (folder("bombs"), fixture("chelsea"));
    let mut files = vec![good.clone()];
    for (name, bytes) in bombs() {
        std::fs::write(here.join(name), bytes).unwrap();
        files.push(here.join(name).display().to_string());
        files.push(good.clone());
    }
    let start = Instant::now();
    let (ran, lines) = classify(&files.iter().map(String::as_str).collect::<Vec<_>>(), &["--top", "1"]);
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    assert_eq!((ran.code, lines.len()), (Some(1), files.len()), "{}", ran.err);
    for (file, line) in files.iter().zip(&lines) {
        assert_eq!(line["file"], *file);
        if *file == good {
            assert_eq!(line["top"][0]["label"], "cat");
        } else {
            let reason = line["error"].as_str().unwrap_or_else(|| panic!("{file} has an answer"));
            assert!(ran.err.contains(&format!("error: {file}: {reason}\n")), "{reason} in\n{}", ran.err);
        }
    }
    println!("{}", ran.err);
}

#[test]
fn eval_survives_bombs() {
    let here = folder("bombs_of_a_set");
    let zipped = here.join("set.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&zipped).unwrap());
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let cat = std::fs::read(fixture("chelsea")).unwrap();
    let mut put = |name: String, bytes: &[u8]| {
        let path = here.join("set").join(&name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
        zip.start_file(name, stored).unwrap();
        zip.write_all(bytes).unwrap();
    };
    for (name, bytes) in bombs() {
        put(format!("cat/{name}"), &bytes);
        put(format!("cat/good-{name}.webp"), &cat);
    }
    zip.finish().unwrap();
    for set in [here.join("set"), zipped] {
        let start = Instant::now();
        let ran = skipscope(["eval", "--json", "--jobs", "2", "--model", &model("resnet20"), set.to_str().unwrap()]);
        assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
        let score: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{:?} {}", ran.code, ran.err));
        let count = bombs().len();
        assert_eq!((ran.code, &score["images"], &score["top1"]), (Some(1), &count.into(), &count.into()));
        assert_eq!(score["broken"], count);
        for (name, _) in bombs() {
            assert!(ran.err.contains(&format!("error: cat/{name}: ")), "{name} in\n{}", ran.err);
        }
    }
}

/// The limit is where it is said to be: what is not beyond it is decoded, within the same memory.
#[test]
fn large_pictures_are_no_bombs() {
    let here = folder("large");
    let of = |name: &str, width: u32, height: u32, format| {
        let path = here.join(name);
        std::fs::write(&path, encode(&DynamicImage::new_luma8(width, height), format)).unwrap();
        path.display().to_string()
    };
    let files = [
        of("102-megapixels.jpg", 11_648, 8_736, ImageFormat::Jpeg),
        of("limit.png", 16_384, 8_192, ImageFormat::Png),
        of("beyond.png", 16_384, 8_193, ImageFormat::Png),
    ];
    let (ran, lines) = classify(&files.each_ref().map(String::as_str), &["--top", "1"]);
    assert_eq!(ran.code, Some(1));
    assert!(lines[..2].iter().all(|line| line["top"].is_array()), "{}", ran.err);
    assert_eq!(lines[2]["error"], "16384 x 8193 pixels: at most 134217728 are decoded");
}

/// zune-jpeg 0.5.15 panics on the first in builds that check for overflows, as the default profile does.
#[test]
fn a_decoder_that_panics_stops_nothing() {
    let (here, good) = (folder("panics"), fixture("chelsea"));
    let mut files = vec![good.clone()];
    for (name, progressive) in [("baseline.jpg", false), ("progressive.jpg", true)] {
        let path = here.join(name);
        std::fs::write(&path, brighter_and_brighter(progressive)).unwrap();
        files.extend([path.display().to_string(), good.clone()]);
    }
    let (ran, lines) = classify(&files.iter().map(String::as_str).collect::<Vec<_>>(), &["--top", "1"]);
    assert_eq!(lines.len(), files.len(), "{:?} {}", ran.code, ran.err);
    let failed = lines.iter().filter(|line| line["error"].is_string()).count();
    assert_eq!(ran.code, Some(i32::from(failed > 0)));
    // One line each, and nothing of what Rust says when it panics.
    assert_eq!(ran.err.lines().filter(|line| line.contains("the decoder crashed: ")).count(), failed, "{}", ran.err);
    assert_eq!(ran.err.lines().count(), failed, "{}", ran.err);
    assert!([0, 2, 4].iter().all(|&i| lines[i]["top"][0]["label"] == "cat"));
    println!("{}", ran.err);
}
