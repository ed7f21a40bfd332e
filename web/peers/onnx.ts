/// The ONNX models of the comparison: one operator each. Weights are external data, which the page makes.

import protobuf from 'protobufjs';
import { scale } from './problem.ts';
import type { Candidate, Setting, Shape } from './protocol.ts';

/** As much of ONNX as these models need. */
const schema = protobuf.Root.fromJSON({
  nested: {
    ModelProto: {
      fields: {
        irVersion: { id: 1, type: 'int64' },
        graph: { id: 7, type: 'GraphProto' },
        opsetImport: { id: 8, rule: 'repeated', type: 'OperatorSetIdProto' },
      },
    },
    OperatorSetIdProto: { fields: { domain: { id: 1, type: 'string' }, version: { id: 2, type: 'int64' } } },
    GraphProto: {
      fields: {
        node: { id: 1, rule: 'repeated', type: 'NodeProto' },
        name: { id: 2, type: 'string' },
        initializer: { id: 5, rule: 'repeated', type: 'TensorProto' },
        input: { id: 11, rule: 'repeated', type: 'ValueInfoProto' },
        output: { id: 12, rule: 'repeated', type: 'ValueInfoProto' },
      },
    },
    NodeProto: {
      fields: {
        input: { id: 1, rule: 'repeated', type: 'string' },
        output: { id: 2, rule: 'repeated', type: 'string' },
        opType: { id: 4, type: 'string' },
        attribute: { id: 5, rule: 'repeated', type: 'AttributeProto' },
        domain: { id: 7, type: 'string' },
      },
    },
    AttributeProto: { fields: { name: { id: 1, type: 'string' }, i: { id: 3, type: 'int64' }, type: { id: 20, type: 'int32' } } },
    TensorProto: {
      fields: {
        dims: { id: 1, rule: 'repeated', type: 'int64' },
        dataType: { id: 2, type: 'int32' },
        name: { id: 8, type: 'string' },
        rawData: { id: 9, type: 'bytes' },
        externalData: { id: 13, rule: 'repeated', type: 'StringStringEntryProto' },
        dataLocation: { id: 14, type: 'int32' },
      },
    },
    StringStringEntryProto: { fields: { key: { id: 1, type: 'string' }, value: { id: 2, type: 'string' } } },
    ValueInfoProto: { fields: { name: { id: 1, type: 'string' }, type: { id: 2, type: 'TypeProto' } } },
    TypeProto: { fields: { tensorType: { id: 1, type: 'TensorTypeProto' } } },
    TensorTypeProto: { fields: { elemType: { id: 1, type: 'int32' }, shape: { id: 2, type: 'TensorShapeProto' } } },
    TensorShapeProto: { fields: { dim: { id: 1, rule: 'repeated', type: 'DimensionProto' } } },
    DimensionProto: { fields: { dimValue: { id: 1, type: 'int64' } } },
  },
});

const dataTypes = { float32: 1, uint8: 2, int8: 3 } as const;
type DataType = keyof typeof dataTypes;
const integerAttribute = 2;
const externalLocation = 1;

interface Tensor {
  name: string;
  dataType: number;
  dims: number[];
}

const external = (name: string, type: DataType, dims: number[]): Tensor & { externalData: object[]; dataLocation: number } => ({
  name,
  dataType: dataTypes[type],
  dims,
  externalData: [{ key: 'location', value: name }],
  dataLocation: externalLocation,
});

const inline = (name: string, type: DataType, values: Float32Array | Uint8Array): Tensor & { rawData: Uint8Array } => ({
  name,
  dataType: dataTypes[type],
  dims: [values.length],
  rawData: new Uint8Array(values.buffer),
});

const attributes = (values: Record<string, number>) =>
  Object.entries(values).map(([name, i]) => ({ name, i, type: integerAttribute }));

interface Operator {
  opType: string;
  domain?: string;
  attributes?: Record<string, number>;
  initializers: Tensor[];
}

function operatorOf(setting: Setting, { rows, columns }: Shape): Operator {
  switch (setting.kind) {
    case 'float32':
      return setting.operator === 'Gemm, transB'
        ? { opType: 'Gemm', attributes: { transB: 1 }, initializers: [external('weights', 'float32', [rows, columns])] }
        : { opType: setting.operator, initializers: [external('weights', 'float32', [columns, rows])] };
    case 'int8':
      return {
        opType: 'DynamicQuantizeMatMul',
        domain: 'com.microsoft',
        initializers: [
          external('weights', setting.weights, [columns, rows]),
          inline('scale', 'float32', new Float32Array([scale])),
          inline('zero_point', setting.weights, new Uint8Array([setting.weights === 'int8' ? 0 : 1])),
        ],
      };
    default: {
      const bits = setting.kind === '4-bit' ? 4 : 2;
      const blocks = Math.ceil(columns / setting.blockSize);
      return {
        opType: 'MatMulNBits',
        domain: 'com.microsoft',
        attributes: { K: columns, N: rows, bits, block_size: setting.blockSize, accuracy_level: setting.accuracyLevel },
        initializers: [
          external('weights', 'uint8', [rows, blocks, (setting.blockSize * bits) / 8]),
          external('scales', 'float32', [rows, blocks]),
        ],
      };
    }
  }
}

const matrix = (name: string, dims: number[]) => ({
  name,
  type: { tensorType: { elemType: dataTypes.float32, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
});

/** y = x · Wᵀ for x of `vectors` × columns and W of rows × columns. */
function model(setting: Setting, shape: Shape, vectors: number): Uint8Array {
  const operator = operatorOf(setting, shape);
  const type = schema.lookupType('ModelProto');
  const message = {
    irVersion: 10,
    opsetImport: [
      { domain: '', version: 21 },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: {
      name: 'product',
      node: [
        {
          input: ['x', ...operator.initializers.map(({ name }) => name)],
          output: ['y'],
          opType: operator.opType,
          domain: operator.domain ?? '',
          attribute: attributes(operator.attributes ?? {}),
        },
      ],
      initializer: operator.initializers,
      input: [matrix('x', [vectors, shape.columns])],
      output: [matrix('y', [vectors, shape.rows])],
    },
  };
  return type.encode(type.fromObject(message)).finish();
}

function nameOf(setting: Setting): string {
  switch (setting.kind) {
    case 'float32':
      return setting.prepack ? setting.operator : `${setting.operator}, not prepacked`;
    case 'int8':
      return `${setting.weights} weights`;
    default:
      return `block_size ${setting.blockSize}, accuracy_level ${setting.accuracyLevel}`;
  }
}

export const candidate = (setting: Setting, shape: Shape, vectors: number): Candidate => ({
  setting,
  name: nameOf(setting),
  model: Buffer.from(model(setting, shape, vectors)).toString('base64'),
});
