//! What a model takes of the heap while it loads, and after. A test binary of its own: it counts every allocation.

use skipscope::image::Picture;
use skipscope::loader::Loader;
use skipscope::model::Model;
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: the system's allocator does the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.fetch_add(layout.size(), Relaxed) + layout.size();
        MOST.fetch_max(live, Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, data: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(data, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Loads a file of the page's in pieces as the network brings them: the model, its bytes, and the most that was live.
fn load(name: &str) -> Option<(Model, usize, usize)> {
    use std::io::Read;
    let path = format!("{}/www/public/models/{name}.gguf", env!("CARGO_MANIFEST_DIR"));
    let mut file = std::fs::File::open(path).ok()?;
    let before = LIVE.load(Relaxed);
    MOST.store(before, Relaxed);
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
    Some((model, LIVE.load(Relaxed) - before, MOST.load(Relaxed) - before))
}

/// One test, since tests of a binary run side by side.
#[test]
fn a_model_takes_little_more_than_its_packed_weights_and_leaves_nothing_behind() {
    let pixels = vec![255; 40 * 30 * 4];
    for name in ["resnet20", "plain56", "resnet50"] {
        let before = LIVE.load(Relaxed);
        for _ in 0..2 {
            let Some((mut model, after, most)) = load(name) else {
                eprintln!("SKIPPED: {name} is absent");
                break;
            };
            let weights = 4 * model.network().architecture().parameters();
            let times = |bytes: usize| bytes as f64 / weights as f64;
            println!("{name}: {:.2} times its f32 weights; at most {:.2} times", times(after), times(most));
            if name == "resnet50" {
                assert!(times(most) < 2.2, "at most {most} bytes were live");
            }
            let held = LIVE.load(Relaxed);
            for _ in 0..3 {
                model.classify(&Picture::new(&pixels, 40, 30).unwrap()).unwrap();
            }
            assert_eq!(LIVE.load(Relaxed), held, "{name}: left behind by a run");
        }
        assert_eq!(LIVE.load(Relaxed), before, "{name}: left behind by a model");
    }
}
