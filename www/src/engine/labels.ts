/**
 * Names that tell every two classes apart. ImageNet has two cranes, the bird (134) and the machine (517), and "maillot" for both of
 * 638 and 639; another model may have any labels. Where a label is not alone in its model, the class's number stands with it.
 */
export function distinct(labels: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return labels.map((label, index) => (label.trim() === '' ? `class ${index}` : counts.get(label)! > 1 ? `${label} (${index})` : label));
}
