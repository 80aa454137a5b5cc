//! What a model takes of the heap while it loads, and after. A test binary of its own: it counts every allocation of the
//! thread that asks, since the test harness allocates on its own threads whenever it likes.

use skipscope::image::Picture;
use skipscope::loader::Loader;
use skipscope::model::Model;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    // Without destructors, so that counting never allocates.
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

// SAFETY: the system's allocator does the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.set(LIVE.get() + layout.size() as isize);
        MOST.set(MOST.get().max(LIVE.get()));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, data: *mut u8, layout: Layout) {
        LIVE.set(LIVE.get() - layout.size() as isize);
        unsafe { System.dealloc(data, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Loads a file of the page's in pieces as the network brings them: the model, its bytes, and the most that was live.
fn load(name: &str) -> Option<(Model, isize, isize)> {
    use std::io::Read;
    let path = format!("{}/www/public/models/{name}.gguf", env!("CARGO_MANIFEST_DIR"));
    let mut file = std::fs::File::open(path).ok()?;
    let before = LIVE.get();
    MOST.set(before);
    let mut loader = Loader::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut piece).unwrap();
        if read == 0 {
            break;
        }
        loader.push(&piece[..read]);
    }
    let model = loader.finish().unwrap();
    Some((model, LIVE.get() - before, MOST.get() - before))
}

/// One test, since tests of a binary run side by side.
#[test]
fn a_model_takes_little_more_than_its_packed_weights_and_leaves_nothing_behind() {
    let pixels = vec![255; 40 * 30 * 4];
    for name in ["resnet20", "plain56", "resnet50"] {
        let mut said = String::new();
        let mut before = 0;
        for round in 0..3 {
            let Some((mut model, after, most)) = load(name) else {
                eprintln!("SKIPPED: {name} is absent");
                break;
            };
            let weights = 4 * model.network().architecture().parameters();
            let times = |bytes: isize| bytes as f64 / weights as f64;
            if round == 0 {
                said = format!("{name}: {:.2} times its f32 weights; at most {:.2} times", times(after), times(most));
            }
            if name == "resnet50" {
                // Winograd's and Strassen's weights are larger than the filters they are made of.
                assert!(times(most) < 2.2, "at most {most} bytes were live");
            }
            let held = LIVE.get();
            for _ in 0..3 {
                model.classify(&Picture::new(&pixels, 40, 30).unwrap()).unwrap();
            }
            assert_eq!(LIVE.get(), held, "{name}: left behind by a run");
            drop(model);
            // What the first round leaves may be the standard library's.
            if round > 0 {
                assert_eq!(LIVE.get(), before, "{name}: left behind by a model");
            }
            before = LIVE.get();
        }
        println!("{said}");
    }
}
