import type { IntOrString } from '#api/meta.ts'
import { canary, healthyOn, patch, rollout, setImage } from '../manifests.ts'
import type { Scenario, Step } from '../scenario.ts'

interface Small {
  readonly replicas: number
  readonly weight: number
  readonly maxSurge: IntOrString
  readonly maxUnavailable: IntOrString
  /** Pods of the step. */
  readonly at: string
  /** All sizes on the way; where two pods may get ready one before the other, there is no telling. */
  readonly sizes?: readonly string[]
  /** Pods available, and pods. */
  readonly min: number
  readonly max: number
  readonly rule: string
}

/** `s` is the stable tag, `c` the canary's. */
const small: readonly Small[] = [
  {
    ...{ replicas: 1, weight: 25, maxSurge: '25%', maxUnavailable: '25%', rule: 'CAN-11 E1, CAN-30' },
    ...{ at: 's:1/1 c:1/1', sizes: ['s×1 c×1', 'c×1'], min: 1, max: 2 },
  },
  {
    ...{ replicas: 1, weight: 49, maxSurge: 0, maxUnavailable: 1, rule: 'CAN-33 E20' },
    ...{ at: 's:1/1', sizes: ['', 'c×1'], min: 0, max: 1 },
  },
  {
    ...{ replicas: 1, weight: 51, maxSurge: 0, maxUnavailable: '50%', rule: 'CAN-33 E21, CAN-11' },
    ...{ at: 'c:1/1', sizes: ['', 'c×1'], min: 0, max: 1 },
  },
  {
    ...{ replicas: 2, weight: 75, maxSurge: 0, maxUnavailable: '10%', rule: 'CAN-32, CAN-11' },
    ...{ at: 's:1/1 c:1/1', sizes: ['s×1', 's×1 c×1', 'c×1', 'c×2'], min: 1, max: 2 },
  },
  {
    ...{ replicas: 2, weight: 1, maxSurge: '1%', maxUnavailable: 0, rule: 'CAN-31, CAN-10' },
    ...{ at: 's:2/2 c:1/1', sizes: ['s×2 c×1', 's×1 c×1', 's×1 c×2', 'c×2'], min: 2, max: 3 },
  },
  {
    ...{ replicas: 3, weight: 49, maxSurge: 0, maxUnavailable: '10%', rule: 'CAN-11 E8, CAN-30' },
    ...{ at: 's:2/2 c:1/1', sizes: ['s×2', 's×2 c×1', 's×1 c×1', 's×1 c×2', 'c×2', 'c×3'], min: 2, max: 3 },
  },
  {
    ...{ replicas: 3, weight: 99, maxSurge: 0, maxUnavailable: 2, rule: 'CAN-33 E30' },
    ...{ at: 's:1/1 c:2/2', sizes: ['s×1', 's×1 c×2', 'c×2', 'c×3'], min: 1, max: 3 },
  },
  {
    ...{ replicas: 3, weight: 100, maxSurge: 2, maxUnavailable: 0, rule: 'CAN-33 E42' },
    ...{ at: 'c:3/3', min: 3, max: 5 },
  },
]

const specOf = ({ replicas, weight, maxSurge, maxUnavailable }: Small) => ({
  replicas,
  ...canary([{ setWeight: weight }, { pause: {} }], { maxSurge, maxUnavailable }),
})

const tagged = (text: string, canaryTag: number): string =>
  text.replaceAll(/\bs(?=[:×])/g, `${canaryTag - 1}`).replaceAll(/\bc(?=[:×])/g, `${canaryTag}`)

const told = ({ rule }: Small, sizes: readonly string[], tag: number): Step => ({
  told: 'sizes',
  is: sizes.map((each) => tagged(each, tag)),
  rule,
  says: `by ${sizes.map((each) => (each === '' ? 'none' : each)).join(', ')}`,
})

/** Sized for it first, in peace; then updated through its one step. */
const playOf = (row: Small, index: number): readonly Step[] => {
  const tag = index + 2
  const { replicas, weight, maxSurge, maxUnavailable } = row
  const says = `${replicas} pods at ${weight} %, maxSurge ${maxSurge}, maxUnavailable ${maxUnavailable}`
  return [
    { run: patch({ spec: specOf(row) }) },
    { until: { ...healthyOn(`${tag - 1}`), up: `${tag - 1}:${replicas}/${replicas}` } },
    { from: 'here' },
    { run: setImage(`${tag}`) },
    { until: { phase: 'Paused', step: '1/2', up: tagged(row.at, tag) }, rule: row.rule, says: `${says}: ${row.at}` },
    { run: 'kubectl patch rollout shop --subresource status --type merge -p \'{"status":{"pauseConditions":null}}\'' },
    { until: { ...healthyOn(`${tag}`), up: `${tag}:${replicas}/${replicas}` } },
    ...(row.sizes === undefined ? [] : [told(row, row.sizes, tag)]),
    { range: 'available', min: row.min, rule: 'CAN-11', says: `never fewer than ${row.min} available` },
    { range: 'pods', max: row.max, rule: 'CAN-11', says: `never more than ${row.max}` },
  ]
}

export const smallCanaries: Scenario = {
  title: 'canaries of one to three pods in the corners of maxSurge and maxUnavailable',
  steps: [
    { controller: 'start' },
    { apply: [rollout('1', { replicas: 1, ...canary([]) })] },
    { until: healthyOn('1') },
    ...small.flatMap(playOf),
    { run: patch({ spec: canary([], { maxSurge: 0, maxUnavailable: '0%' }) }) },
    {
      until: {
        phase: 'Degraded',
        message: /spec\.strategy\.maxSurge: Invalid value: 0: MaxSurge and MaxUnavailable both can not be zero$/,
      },
      rule: 'API-100',
      says: 'both 0 is refused',
    },
  ],
}
