import type { Channel, Input, Output } from '#contract/requests.ts'
import { success } from '#lib/outcome.ts'

const key = 'prod%2Feu/shop/checkout'
const at = 1_768_471_200_000

type Samples<K extends Channel> = { readonly [C in K]: { readonly input: Input<C>; readonly output: Output<C> } }

/** Those of the comparison. */
export const diffSamples: Samples<'diff.compare' | 'diff.config' | 'diff.drift' | 'diff.fleet'> = {
  'diff.compare': {
    input: {
      left: { kind: 'revision', key, revision: 6 },
      right: { kind: 'text', name: 'web.yaml', text: 'kind: Rollout' },
    },
    output: success({
      left: { title: 'web · revision 6', revision: 6, version: '1.4.0', capturedAt: at },
      right: { title: 'web.yaml · Rollout web', revision: undefined, version: undefined, capturedAt: undefined },
      summary: [
        {
          group: 'image',
          op: '~',
          path: 'web',
          at: 'spec.template.spec.containers[web].image',
          before: '1',
          after: '2',
          line: 4,
        },
      ],
      lookAt: ['web: the memory limit is removed'],
      lines: [{ op: '-', leftNumber: 5, rightNumber: undefined, text: '  image: web:1', folded: false }],
      hidden: 1,
    }),
  },
  'diff.config': {
    input: { left: { kind: 'live', key }, right: { kind: 'moment', key, at } },
    output: success({
      diff: undefined,
      objects: [
        {
          kind: 'Secret',
          name: 'web',
          left: { state: 'forbidden', message: 'secrets "web" is forbidden' },
          right: { state: 'unrecorded' },
        },
      ],
    }),
  },
  'diff.drift': {
    input: { key },
    output: success({
      namespace: 'shop',
      name: 'checkout',
      columns: [{ key, context: 'prod/eu', revision: 7, version: undefined, differs: 1, planned: false }],
      rows: [
        {
          section: 'drift',
          field: 'POOL_SIZE',
          at: 'spec.template.spec.containers[web].env[POOL_SIZE]',
          noMajority: true,
          cells: [{ text: undefined, state: 'drift' }],
        },
      ],
      fields: 61,
    }),
  },
  'diff.fleet': {
    input: undefined,
    output: {
      applications: [
        {
          namespace: 'shop',
          name: 'checkout',
          key,
          clusters: 7,
          drift: 2,
          planned: 3,
          expected: 2,
          drifting: ['prod/eu'],
        },
      ],
    },
  },
}
