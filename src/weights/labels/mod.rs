//! Names of classes that are built in: of the two data sets that most ResNets were trained on.

/// ImageNet-1k's 1000 classes, in the order of their WordNet numbers, each by one of its names. Two pairs have the same.
pub fn imagenet_1k() -> Vec<String> {
    lines(include_str!("imagenet-1k.txt"))
}

/// CIFAR-10's ten.
pub fn cifar_10() -> Vec<String> {
    lines(include_str!("cifar-10.txt"))
}

/// `class 0` and so on, where nobody knows better.
pub fn numbered(classes: usize) -> Vec<String> {
    (0..classes).map(|class| format!("class {class}")).collect()
}

/// What a set of names is called: `imagenet`, `cifar`, `numbers`.
pub const SETS: [&str; 3] = ["imagenet", "cifar", "numbers"];

/// Of one of [`SETS`], for so many classes where there are any count.
pub fn of_set(set: &str, classes: usize) -> Option<Vec<String>> {
    match set {
        "imagenet" => Some(imagenet_1k()),
        "cifar" => Some(cifar_10()),
        "numbers" => Some(numbered(classes)),
        _ => None,
    }
}

/// Which of [`SETS`] these are.
pub fn set_of(labels: &[String]) -> Option<&'static str> {
    SETS.into_iter().find(|set| of_set(set, labels.len()).is_some_and(|known| known == labels))
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_whole() {
        let (imagenet, cifar) = (imagenet_1k(), cifar_10());
        assert_eq!((imagenet.len(), cifar.len()), (1000, 10));
        assert_eq!((&*imagenet[0], &*imagenet[285], &*imagenet[999]), ("tench", "Egyptian cat", "toilet tissue"));
        assert_eq!([&imagenet, &cifar, &numbered(3)].map(|labels| set_of(labels)), SETS.map(Some));
        assert_eq!(set_of(&["a".to_string()]), None);
        assert!(imagenet.iter().chain(&cifar).all(|label| !label.trim().is_empty()));
    }
}
