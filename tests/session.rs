//! A model looking at one picture.

mod common;

common::session_tests!(test);
