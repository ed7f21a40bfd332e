/// NumPy's .npy files, as far as they hold weights: they become safetensors files of one tensor, so that all that follows knows
/// one kind of file only.

/** An array in a .npy file. */
export interface NpyArray {
  readonly dtype: 'F16' | 'F32' | 'F64';
  readonly shape: readonly number[];
  /** Where the elements begin, in bytes. */
  readonly offset: number;
}

const dtypes: Record<string, { dtype: NpyArray['dtype']; bytes: number }> = {
  '<f2': { dtype: 'F16', bytes: 2 },
  '<f4': { dtype: 'F32', bytes: 4 },
  '<f8': { dtype: 'F64', bytes: 8 },
};

const kinds: Record<string, string> = { b: 'booleans', i: 'integers', u: 'integers', f: 'floats', c: 'complex numbers' };

/** The longest header that is believed; NumPy itself stops at 10,000 characters. */
const maxHeader = 1 << 16;

/** Bytes converted at a time. */
const chunkBytes = 1 << 23;

/** What the file holds. Throws, with one sentence, for anything but little-endian float16, float32 or float64 in C order. */
export async function readNpyHeader(file: Blob, name: string): Promise<NpyArray> {
  const magic = new Uint8Array(await file.slice(0, 6).arrayBuffer());
  if (String.fromCharCode(...magic) !== '\x93NUMPY') throw new Error(`${name} is no .npy file: it does not begin as one.`);
  const start = new DataView(await file.slice(6, 12).arrayBuffer());
  // Version 1 has a length of two bytes, 2 and 3 have one of four.
  const version = start.byteLength === 6 ? start.getUint8(0) : 0;
  if (version < 1 || version > 3) throw new Error(`${name} is cut off, or a .npy file of an unknown version.`);
  const from = version === 1 ? 10 : 12;
  const length = version === 1 ? start.getUint16(2, true) : start.getUint32(2, true);
  if (length > maxHeader) throw new Error(`${name}: its header of ${length} bytes is too long.`);
  const header = await file.slice(from, from + length).text();

  const descr = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const dimensions = /'shape'\s*:\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (order === undefined || dimensions === undefined) throw new Error(`${name} is cut off, or its header is damaged.`);
  const element = descr === undefined ? undefined : dtypes[descr];
  if (!element) {
    const kind = kinds[descr?.[1] ?? ''] ?? 'something else';
    const what = descr === undefined ? kind : `${kind} (${descr})`;
    const read = 'little-endian float16, float32 and float64 (<f2, <f4, <f8)';
    throw new Error(`${name} holds ${what}; what is read here is ${read}.`);
  }
  const shape = dimensions.split(',').filter((text) => text.trim() !== '').map(Number);
  if (order === 'True' && shape.length > 1) {
    throw new Error(`${name} is in Fortran order; save it with numpy.ascontiguousarray().`);
  }
  const elements = shape.reduce((product, size) => product * size, 1);
  const offset = from + length;
  const [has, takes] = [file.size - offset, elements * element.bytes];
  if (has !== takes) {
    throw new Error(`${name} has ${has} bytes of elements where its shape, ${shape.join(' × ')}, takes ${takes}.`);
  }
  return { dtype: element.dtype, shape, offset };
}

/** `weights.npy` as `weights.safetensors` of one tensor, `weights`. Float64 becomes float32; other bytes are not touched. */
export async function npyToSafetensors(file: File): Promise<File> {
  const array = await readNpyHeader(file, file.name);
  const elements = file.slice(array.offset);
  const data = array.dtype === 'F64' ? await narrowed(elements) : elements;
  const name = file.name.replace(/\.npy$/i, '') || 'array';
  const dtype = array.dtype === 'F16' ? 'F16' : 'F32';
  const json = JSON.stringify({ [name]: { dtype, shape: array.shape, data_offsets: [0, data.size] } });
  const header = new TextEncoder().encode(json);
  const padded = new Uint8Array(8 + Math.ceil(header.length / 8) * 8).fill(0x20);
  new DataView(padded.buffer).setBigUint64(0, BigInt(padded.length - 8), true);
  padded.set(header, 8);
  return new File([padded, data], `${name}.safetensors`);
}

/** Float64 to float32, by pieces. */
async function narrowed(elements: Blob): Promise<Blob> {
  const pieces: Blob[] = [];
  for (let from = 0; from < elements.size; from += chunkBytes) {
    const wide = new Float64Array(await elements.slice(from, from + chunkBytes).arrayBuffer());
    pieces.push(new Blob([Float32Array.from(wide)]));
  }
  return new Blob(pieces);
}
