/// Every digit drawn anew: turned, slanted, stretched, shifted, bent and with a thicker or thinner pen.

import { imageSize, pixelsAnImage } from '../demo/digits/network.ts';
import type { Random } from './random.ts';

const centre = (imageSize - 1) / 2;

const maxTurn = 0.21; // radians: 12°
const maxSlant = 0.2;
const maxStretch = 0.12;
const maxShift = 1.6; // pixels
const bend = 0.9; // pixels, the standard deviation of a control point's displacement
const controlPoints = 5; // along a side
/** 1 is a whole pixel at either side of a stroke. */
const maxThicker = 0.8;
const maxThinner = 0.5;

/** Writes a variation of `image`, 784 bytes, to `into`: 784 values of 0 … 1. */
export function vary(image: Uint8Array, random: Random, into: Float32Array): void {
  const bent = new Float32Array(pixelsAnImage);
  place(image, random, bent);
  changePen(bent, random, into);
}

/** Where each pixel of the result comes from: an affine map and a displacement that is smooth over the image. */
function place(image: Uint8Array, random: Random, into: Float32Array): void {
  const turn = random.between(-maxTurn, maxTurn);
  const slant = random.between(-maxSlant, maxSlant);
  const stretchX = 1 + random.between(-maxStretch, maxStretch);
  const stretchY = 1 + random.between(-maxStretch, maxStretch);
  const shiftX = random.between(-maxShift, maxShift);
  const shiftY = random.between(-maxShift, maxShift);
  const [cosine, sine] = [Math.cos(turn), Math.sin(turn)];
  const bendX = bends(random);
  const bendY = bends(random);
  for (let y = 0; y < imageSize; ++y) {
    for (let x = 0; x < imageSize; ++x) {
      const fromX = (x - centre - shiftX) * stretchX;
      const fromY = (y - centre - shiftY) * stretchY;
      const slantedX = fromX + slant * fromY;
      into[y * imageSize + x] = sampled(
        image,
        cosine * slantedX - sine * fromY + centre + bendAt(bendX, x, y),
        sine * slantedX + cosine * fromY + centre + bendAt(bendY, x, y),
      );
    }
  }
}

const bends = (random: Random): Float32Array =>
  Float32Array.from({ length: controlPoints * controlPoints }, () => bend * random.bell());

/** Between the four control points around, with a smooth step. */
function bendAt(points: Float32Array, x: number, y: number): number {
  const atX = (x / imageSize) * (controlPoints - 1);
  const atY = (y / imageSize) * (controlPoints - 1);
  const left = Math.floor(atX);
  const top = Math.floor(atY);
  const partX = smooth(atX - left);
  const partY = smooth(atY - top);
  const at = top * controlPoints + left;
  const upper = points[at]! + partX * (points[at + 1]! - points[at]!);
  const lower = points[at + controlPoints]! + partX * (points[at + controlPoints + 1]! - points[at + controlPoints]!);
  return upper + partY * (lower - upper);
}

const smooth = (t: number): number => t * t * (3 - 2 * t);

/** The image between its pixels, bilinear; paper outside. */
function sampled(image: Uint8Array, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const partX = x - left;
  const partY = y - top;
  const upper = inkAt(image, left, top) * (1 - partX) + inkAt(image, left + 1, top) * partX;
  const lower = inkAt(image, left, top + 1) * (1 - partX) + inkAt(image, left + 1, top + 1) * partX;
  return (upper * (1 - partY) + lower * partY) / 255;
}

const inkAt = (image: Uint8Array, x: number, y: number): number =>
  x >= 0 && x < imageSize && y >= 0 && y < imageSize ? image[y * imageSize + x]! : 0;

/** Blends with the most (a thicker pen) or the least ink (a thinner one) of each pixel and its four neighbours. */
function changePen(image: Float32Array, random: Random, into: Float32Array): void {
  const change = random.between(-maxThinner, maxThicker);
  for (let at = 0; at < pixelsAnImage; ++at) {
    const x = at % imageSize;
    const left = x > 0 ? image[at - 1]! : 0;
    const right = x + 1 < imageSize ? image[at + 1]! : 0;
    const above = image[at - imageSize] ?? 0;
    const below = image[at + imageSize] ?? 0;
    const ink = image[at]!;
    into[at] =
      change > 0
        ? ink + change * (Math.max(ink, left, right, above, below) - ink)
        : ink - change * (Math.min(ink, left, right, above, below) - ink);
  }
}
