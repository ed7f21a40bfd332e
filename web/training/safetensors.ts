/// Float32 tensors as a safetensors file, laid out as trilane does: by name, a compact header padded with spaces to 8 bytes.

export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export function safetensorsFile(tensors: readonly Tensor[], metadata: Readonly<Record<string, string>>): Uint8Array {
  const sorted = [...tensors].sort((a, b) => (a.name < b.name ? -1 : 1));
  const header: Record<string, unknown> = { __metadata__: byName(metadata) };
  let end = 0;
  for (const { name, shape, values } of sorted) {
    const from = end;
    end += values.byteLength;
    header[name] = { dtype: 'F32', shape, data_offsets: [from, end] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerSize = Math.ceil(text.length / 8) * 8;

  const file = new Uint8Array(8 + headerSize + end).fill(0x20, 8, 8 + headerSize);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(headerSize), true);
  file.set(text, 8);
  let at = 8 + headerSize;
  for (const { values } of sorted) {
    for (const value of values) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return file;
}

const byName = (metadata: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)));
