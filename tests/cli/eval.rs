//! `eval`: folders and zips of labelled pictures.

use super::*;
use std::io::Write;

#[test]
fn accuracy_of_folders_and_zips() {
    let here = folder("accuracy");
    let cat = encode(&image::open(fixture("chelsea")).unwrap(), ImageFormat::Png);
    let eval = |set: &Path| skipscope(["eval", "--json", "--model", &model("resnet20"), set.to_str().unwrap()]);
    let put = |name: &str| {
        let path = here.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &cat).unwrap();
    };
    // By label, by index, by the number a file's name ends in; what is not a picture does not count.
    for name in ["folders/cat/1.png", "folders/3/2.png", "folders/Ship/3.png"] {
        put(name);
    }
    std::fs::write(here.join("folders/README.txt"), "about").unwrap();
    for name in ["files/imagenet_00_3.png", "files/07_8.png", "files/x-3.png"] {
        put(name);
    }
    for set in ["folders", "files"] {
        let ran = eval(&here.join(set));
        let score: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!((ran.code, &score["images"], &score["top1"]), (Some(0), &3.into(), &2.into()), "{}", ran.err);
    }
    let zipped = here.join("set.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&zipped).unwrap());
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in [("cat/1.png", &cat[..]), ("dog/1.png", &cat), ("cat/bad.png", b"no picture")] {
        zip.start_file(name, stored).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
    let ran = eval(&zipped);
    let score: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &score["images"], &score["top1"]), (Some(1), &2.into(), &1.into()));
    assert!(ran.err.contains("cat/bad.png"), "{}", ran.err);

    put("strange/sofa/1.png");
    put("beyond/1_10.png");
    std::fs::create_dir(here.join("empty")).unwrap();
    for (set, expected) in
        [("strange", "sofa/1.png"), ("beyond", "1_10.png"), ("empty", "no pictures"), ("nowhere", "nowhere")]
    {
        let ran = eval(&here.join(set));
        assert!(ran.code == Some(1) && ran.err.contains(expected), "{set}: {}", ran.err);
    }
}

/// Links lead into other folders of pictures, and round in circles.
#[cfg(unix)]
#[test]
fn links_are_followed_once() {
    use std::os::unix::fs::symlink;
    let here = folder("links");
    for part in ["elsewhere", "set/cat"] {
        std::fs::create_dir_all(here.join(part)).unwrap();
        std::fs::copy(fixture("chelsea"), here.join(part).join("1.webp")).unwrap();
    }
    symlink(here.join("elsewhere"), here.join("set/3")).unwrap();
    symlink(here.join("set"), here.join("set/cat/again")).unwrap();
    symlink(here.join("nowhere"), here.join("set/cat/gone.png")).unwrap();
    let set = here.join("set").display().to_string();
    let ran = skipscope(["eval", "--json", "--model", &model("resnet20"), &set]);
    let score: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&score["images"], &score["top1"], &score["broken"]), (&2.into(), &2.into(), &1.into()), "{}", ran.err);
    assert!(ran.err.contains("error: cat/gone.png: No such file"), "{}", ran.err);
}

/// Names need not be UTF-8; they are told as well as they can be.
#[cfg(target_os = "linux")]
#[test]
fn names_of_any_bytes_are_read() {
    use std::os::unix::ffi::OsStrExt;
    let here = folder("names");
    let name = std::ffi::OsStr::from_bytes(b"\xff_3.webp");
    std::fs::copy(fixture("chelsea"), here.join(name)).unwrap();
    let ran = skipscope(["eval", "--json", "--model", &model("resnet20"), here.to_str().unwrap()]);
    let score: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &score["top1"]), (Some(0), &1.into()), "{}", ran.err);
}

/// A zip cut off or with bytes changed is an error that names it, or some of its pictures are.
#[test]
fn broken_zips_are_named() {
    let here = folder("broken_zips");
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for name in ["cat/1.png", "cat/2.png", "3/3.png"] {
        zip.start_file(name, stored).unwrap();
        zip.write_all(&std::fs::read(corpus::pictures().join("grey.png")).unwrap()).unwrap();
    }
    let whole = zip.finish().unwrap().into_inner();
    let directory = whole.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    let mut random = random::Random::new(8);
    let mut scores = 0;
    for n in 0..200 {
        let mut bytes = whole.clone();
        let at = random.between(if n % 4 == 0 { 0 } else { directory }, whole.len() - 1);
        match n % 8 {
            0 => bytes.truncate(at),
            1 => bytes[at..(at + 4).min(whole.len())].fill(0xff),
            _ => bytes[at] ^= 1 << random.between(0, 7),
        }
        let file = here.join("set.zip").display().to_string();
        std::fs::write(&file, bytes).unwrap();
        let ran = skipscope(["eval", "--json", "--jobs", "1", "--model", &model("resnet20"), &file]);
        let sound = serde_json::from_str::<Value>(&ran.out).is_ok();
        scores += usize::from(sound);
        assert!(matches!(ran.code, Some(0 | 1)) && !ran.err.contains("panicked"), "{n}: {:?} {}", ran.code, ran.err);
        assert!(sound || ran.err.contains("error: ") && ran.code == Some(1), "{n}: {}", ran.err);
    }
    assert!((20..180).contains(&scores), "{scores}");
}
