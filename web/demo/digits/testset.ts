/// The test digits as one file: all labels, a byte each, then all images, 28 × 28 bytes each, 255 for full ink.

import { imageSize, pixelsAnImage } from './network.ts';

export interface Digits {
  readonly labels: Uint8Array;
  /** 784 bytes an image, row by row. */
  readonly images: Uint8Array;
}

export function encodeDigits({ labels, images }: Digits): Uint8Array {
  const bytes = new Uint8Array(labels.length + images.length);
  bytes.set(labels);
  bytes.set(images, labels.length);
  return bytes;
}

export function decodeDigits(bytes: Uint8Array): Digits {
  const count = bytes.length / (1 + pixelsAnImage);
  if (!Number.isInteger(count) || count === 0) {
    throw new Error(`${bytes.length} bytes are no file of digits of ${imageSize} × ${imageSize} pixels`);
  }
  return { labels: bytes.subarray(0, count), images: bytes.subarray(count) };
}

/** The images from `first` on, at most `count`, as the network takes them: 0 … 1. */
export function pixelsOf({ images }: Digits, first = 0, count = Infinity): Float32Array {
  return Float32Array.from(images.subarray(first * pixelsAnImage, (first + count) * pixelsAnImage), (byte) => byte / 255);
}
