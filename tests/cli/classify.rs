//! `classify`: pictures good, bad and in other clothes.

use super::*;

#[test]
fn a_cat_is_a_cat() {
    let (ran, lines) = classify(&[&fixture("chelsea"), &fixture("coffee")], &["--top", "10"]);
    assert_eq!((ran.code, lines.len()), (Some(0), 2), "{}", ran.err);
    assert_eq!(lines[0]["file"], fixture("chelsea"));
    assert_eq!(lines[0]["top"][0]["label"], "cat");
    assert_eq!(lines[0]["top"][0]["index"], 3);
    assert!(lines[0]["milliseconds"].as_f64().unwrap() > 0.0);
    for line in &lines {
        let top: Vec<f64> =
            line["top"].as_array().unwrap().iter().map(|p| p["probability"].as_f64().unwrap()).collect();
        assert!(top.is_sorted_by(|a, b| a >= b));
        assert!((top.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }
    let text = skipscope(["classify", "--model", &model("resnet20"), "--top", "1", &fixture("chelsea")]);
    assert!(text.out.contains("%  cat (3)") && text.out.lines().count() == 2, "{}", text.out);
}

#[test]
fn a_bad_picture_does_not_stop_the_others() {
    let here = folder("bad_picture");
    let text = here.join("text.jpg");
    std::fs::write(&text, "not a picture").unwrap();
    let cut = here.join("cut.png");
    std::fs::write(&cut, &encode(&image::open(fixture("small")).unwrap(), ImageFormat::Png)[..3000]).unwrap();
    let (text, cut, missing) = (text.to_str().unwrap(), cut.to_str().unwrap(), "nowhere/at all.png");
    let (ran, lines) = classify(&[text, &fixture("chelsea"), cut, missing, &fixture("coffee")], &[]);
    assert_eq!((ran.code, lines.len()), (Some(1), 5));
    for (index, file) in [(0, text), (2, cut), (3, missing)] {
        assert_eq!(lines[index]["file"], file);
        assert!(!lines[index]["error"].as_str().unwrap().is_empty());
        assert!(ran.err.contains(file), "{}", ran.err);
    }
    assert_eq!(lines[1]["top"].as_array().unwrap().len(), 5);
    assert!(lines[4]["error"].is_null());

    let plain = skipscope(["classify", "--model", &model("resnet20"), missing, &fixture("chelsea")]);
    assert_eq!(plain.code, Some(1));
    assert!(plain.err.starts_with("error: nowhere/at all.png: ") && plain.out.contains("cat"), "{}", plain.err);
}

/// The same picture in other clothes is the same to the network.
#[test]
fn orientation_alpha_grey_and_depth() {
    let here = folder("clothes");
    let upright = image::open(fixture("chelsea")).unwrap();
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(here.join(name), bytes).unwrap();
        here.join(name).to_str().unwrap().to_string()
    };
    let with_exif = |orientation: u8| {
        // Lying on its left side; EXIF says to turn it by a quarter clockwise (6), or nothing (1).
        let jpeg = encode(&DynamicImage::from(upright.rotate270().into_rgb8()), ImageFormat::Jpeg);
        let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
        let length = (exif.len() as u16 + 2).to_be_bytes();
        [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
    };
    let mut alpha = upright.to_rgba8();
    alpha.enumerate_pixels_mut().filter(|(x, ..)| *x < 200).for_each(|(_, _, p)| p[3] = 0);
    let mut white = upright.to_rgba8();
    white.enumerate_pixels_mut().filter(|(x, ..)| *x < 200).for_each(|(_, _, p)| *p = image::Rgba([255; 4]));
    let grey = DynamicImage::from(upright.to_luma8());
    let files = [
        write("upright.jpg", &encode(&DynamicImage::from(upright.to_rgb8()), ImageFormat::Jpeg)),
        write("turned.jpg", &with_exif(6)),
        write("lying.jpg", &with_exif(1)),
        write("alpha.png", &encode(&alpha.into(), ImageFormat::Png)),
        write("white.png", &encode(&white.into(), ImageFormat::Png)),
        write("grey.jpg", &encode(&grey, ImageFormat::Jpeg)),
        write("grey-as-rgb.jpg", &encode(&DynamicImage::from(grey.to_rgb8()), ImageFormat::Jpeg)),
        write("16.png", &encode(&DynamicImage::from(upright.to_rgb16()), ImageFormat::Png)),
        write("8.png", &encode(&upright, ImageFormat::Png)),
        write("1x1.png", &encode(&upright.crop_imm(0, 0, 1, 1), ImageFormat::Png)),
        write(
            "thin.gif",
            &encode(&upright.crop_imm(0, 0, 451, 1).resize_exact(5000, 1, image::imageops::Nearest), ImageFormat::Gif),
        ),
    ];
    let (ran, lines) = classify(&files.each_ref().map(String::as_str), &["--top", "10"]);
    assert_eq!((ran.code, lines.len()), (Some(0), files.len()), "{}", ran.err);
    let seen: Vec<_> = lines.iter().map(probabilities).collect();
    let apart = |a: usize, b: usize| seen[a].iter().zip(&seen[b]).fold(0f64, |m, (a, b)| m.max((a - b).abs()));
    assert!(apart(0, 1) < 0.05, "turned upright: {}", apart(0, 1));
    assert!(apart(0, 2) > 0.1, "lying: {}", apart(0, 2));
    assert!(apart(3, 4) < 1e-9, "transparent is white: {}", apart(3, 4));
    assert!(apart(5, 6) < 0.02, "grey: {}", apart(5, 6));
    assert!(apart(7, 8) < 1e-9, "16 bits: {}", apart(7, 8));
}

#[test]
fn models_that_do_not_load_are_named() {
    let here = folder("models");
    let (whole, cut) = (std::fs::read(model("resnet20")).unwrap(), here.join("cut.gguf"));
    std::fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    let not_a_number = here.join("nan.gguf");
    let mut bytes = whole;
    let at = bytes.len() - 10_000;
    bytes[at..at + 64].fill(0xff);
    std::fs::write(&not_a_number, bytes).unwrap();
    for (file, expected) in [
        (cut.to_str().unwrap(), "cut off"),
        (not_a_number.to_str().unwrap(), "not a finite number"),
        ("nowhere.gguf", "No such file"),
        (&fixture("chelsea"), "is a picture"),
    ] {
        let ran = skipscope(["classify", "--model", file, &fixture("chelsea")]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
        assert!(ran.err.contains(file) && ran.err.contains(expected), "{}", ran.err);
    }
}

/// Decoders fill the rest with grey. Browsers and Pillow refuse, and so does the command line: half a picture is another one.
#[test]
fn a_jpeg_that_is_cut_off_is_refused() {
    let here = folder("cut_off");
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(here.join(name), bytes).unwrap();
        here.join(name).display().to_string()
    };
    let (mut files, mut whole) = (Vec::new(), Vec::new());
    for name in ["exif-1.jpg", "progressive.jpg", "restarts.jpg"] {
        let jpeg = std::fs::read(corpus::pictures().join(name)).unwrap();
        // A thumbnail has an end of its own.
        let thumbnail = [&jpeg[..2], b"\xff\xe1\0\x08\xff\xd8\xff\xda\xff\xd9", &jpeg[2..]].concat();
        for cut in [1, 2, 300] {
            files.push(write(&format!("{cut}-{name}"), &jpeg[..jpeg.len() - cut]));
            files.push(write(&format!("thumbnail-{cut}-{name}"), &thumbnail[..thumbnail.len() - cut]));
        }
        whole.push(write(name, &jpeg));
        whole.push(write(&format!("thumbnail-{name}"), &thumbnail));
        whole.push(write(&format!("more-{name}"), &[&jpeg[..], b"what a camera adds \xff\xda"].concat()));
        whole.push(write(&format!("filled-{name}"), &[&jpeg[..2], b"\xff\xff", &jpeg[2..]].concat()));
    }
    let (ran, lines) = classify(&files.iter().map(String::as_str).collect::<Vec<_>>(), &["--top", "1"]);
    assert_eq!((ran.code, lines.len()), (Some(1), files.len()));
    for line in &lines {
        assert_eq!(line["error"], "the file is cut off", "{line}");
    }
    let (ran, _) = classify(&whole.iter().map(String::as_str).collect::<Vec<_>>(), &["--top", "1"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
}

/// What is not understood is told apart from what cannot be read, and a reader that leaves early is no failure.
#[test]
fn exit_codes() {
    let (model, cat) = (model("resnet20"), fixture("chelsea"));
    for wrong in [
        &["classify", "--model", &model][..],
        &["classify", "--model", &model, "--top", "0", &cat],
        &["eval", "--model", &model, "--jobs", "0", "photos"],
        &["classify", "--modle", &model, &cat],
        &["paint"],
    ] {
        let ran = skipscope(wrong);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{wrong:?}");
        assert!(ran.err.contains("try '--help'"), "{}", ran.err);
    }
    let help = skipscope(["--help"]);
    assert_eq!(help.code, Some(0));
    assert!(help.out.contains("Exit codes:"), "{}", help.out);
    assert_eq!(skipscope(["classify", "--model", &model, &cat, "."]).code, Some(1));
}

/// Neither stream needs a listener to the end.
#[cfg(unix)]
#[test]
fn closed_pipes_are_no_crash() {
    let (here, cat) = (folder("pipes"), fixture("chelsea"));
    let missing: Vec<String> = (0..2000).map(|i| format!("nowhere/{i}.png")).collect();
    let run = |files: &[String], stream: &str| {
        let script = format!("{stream}; \"$0\" classify --model \"$@\"; echo $? >\"$CODE\"");
        let mut shell = Command::new("bash");
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_skipscope"), &model("resnet20")]).args(files);
        shell.env("CODE", here.join("code")).output().unwrap();
        std::fs::read_to_string(here.join("code")).unwrap().trim().to_string()
    };
    assert_eq!(run(&vec![cat.clone(); 2000], "exec > >(true)"), "0");
    assert_eq!(run(&missing, "exec 2> >(true)"), "1");
}
