/** What others have published of the same nets: to stand beside what is counted here. */

export interface Published {
  /** Multiply-adds in 10^9 of one picture of 224 x 224. */
  giga: number;
  /** As it was written, to as many digits. */
  text: string;
  by: 'He et al.' | 'torchvision' | 'timm';
}

/** He et al. 2015, Table 1, “FLOPs”, which are multiply-adds. */
const TABLE_1: Record<string, string> = { resnet18: '1.8', resnet34: '3.6', resnet50: '3.8', resnet101: '7.6', resnet152: '11.3' };

/** torchvision's documentation, “GFLOPS” of each set of weights, which are multiply-adds too. */
const TORCHVISION: Record<string, string> = {
  resnet18: '1.814',
  resnet34: '3.664',
  resnet50: '4.089',
  resnet101: '7.801',
  resnet152: '11.514',
  resnext50_32x4d: '4.23',
  resnext101_32x8d: '16.414',
  resnext101_64x4d: '15.46',
  wide_resnet50_2: '11.398',
  wide_resnet101_2: '22.753',
};

/** timm's results, benchmark-infer-fp32-nchw-pt240-cpu-i7_12700h-dynamo.csv, “infer_gmacs” at 224: pooling and batch norm are counted with them. */
const TIMM: Record<string, string> = {
  resnet18d: '2.06',
  resnet34d: '3.91',
  resnet50d: '4.35',
  resnet101d: '8.08',
  resnet152d: '11.8',
  resnetv2_50: '4.11',
  resnetv2_101: '7.83',
  resnetv2_152: '11.55',
  resnext101_32x4d: '8.01',
};

export function publishedOf(name: string): Published[] {
  const lists = [
    ['He et al.', TABLE_1],
    ['torchvision', TORCHVISION],
    ['timm', TIMM],
  ] as const;
  return lists.flatMap(([by, list]) => (list[name] === undefined ? [] : [{ by, text: list[name], giga: Number(list[name]) }]));
}
