import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestOf } from '../../content/digest.ts';
import { EngineError } from '../../errors.ts';
import { parseImageConfig } from './image-config.ts';
import { parseManifest } from './manifest.ts';

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value) ?? 'undefined');

/** JSON with the members that are looked at, each of any type. */
const manifestLike = fc.record(
  {
    schemaVersion: fc.oneof(fc.constant(2), fc.jsonValue()),
    mediaType: fc.jsonValue(),
    manifests: fc.oneof(fc.jsonValue(), fc.array(fc.record({ digest: fc.oneof(fc.constant(digestOf('x')), fc.jsonValue()), size: fc.jsonValue(), platform: fc.jsonValue(), annotations: fc.jsonValue() }))),
    config: fc.oneof(fc.jsonValue(), fc.record({ digest: fc.constant(digestOf('x')), size: fc.nat(), mediaType: fc.jsonValue() })),
    layers: fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())),
  },
  { requiredKeys: [] },
);

const configLike = fc.record(
  {
    os: fc.jsonValue(),
    architecture: fc.jsonValue(),
    created: fc.jsonValue(),
    config: fc.oneof(fc.jsonValue(), fc.record({ Env: fc.jsonValue(), Cmd: fc.jsonValue(), Labels: fc.jsonValue(), Healthcheck: fc.jsonValue() })),
    rootfs: fc.oneof(fc.jsonValue(), fc.record({ diff_ids: fc.jsonValue() })),
    history: fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())),
  },
  { requiredKeys: [] },
);

test.each([
  ['manifest', manifestLike, parseManifest],
  ['image config', configLike, parseImageConfig],
])('a %s of any shape is read or refused in words', (_, like, parse) => {
  fc.assert(
    fc.property(fc.oneof(like, fc.jsonValue()), (value) => {
      try {
        parse(bytes(value));
      } catch (error) {
        expect(error).toBeInstanceOf(EngineError);
      }
    }),
  );
});

test.each([
  ['manifest', parseManifest],
  ['image config', parseImageConfig],
])('any bytes for a %s are refused', (_, parse) => {
  fc.assert(
    fc.property(fc.uint8Array(), (value) => {
      try {
        parse(value);
      } catch (error) {
        expect(error).toBeInstanceOf(EngineError);
      }
    }),
  );
});
