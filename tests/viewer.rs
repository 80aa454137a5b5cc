//! A model looking at one picture.

mod common;

common::viewer_tests!(test);
