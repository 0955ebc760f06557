import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { PodTemplateSpec } from '#api/core.ts'
import type { CanaryStep } from '#api/rollout.ts'
import {
  legacyPodTemplateHash,
  podTemplateComparisonText,
  podTemplateHash,
  podTemplateText,
  stepHash,
  stepText,
} from '#engine/pod-hash/pod-template-hash.ts'

/** What went in, the hash that came out, and the collision count when there was one. */
type Hashed = readonly [value: unknown, hash: string, collisionCount?: number]

/** Read as text: as a module a label named `__proto__` would be lost. */
const pairs: { readonly templates: readonly Hashed[]; readonly steps: readonly Hashed[] } = JSON.parse(
  readFileSync(new URL('../../../fixtures/pod-template-hashes.json', import.meta.url), 'utf8'),
)

/** Those of which `hashOf` says something else than the reference. */
const differing = (rows: readonly Hashed[], hashOf: (value: unknown, collisionCount?: number) => string) =>
  rows.filter(([value, hash, collisionCount]) => hashOf(value, collisionCount) !== hash)

const template = (value: unknown) => value as PodTemplateSpec
const oneContainer = (container: object, spec: object = {}) =>
  template({ spec: { containers: [{ name: 'web', ...container }], ...spec } })
const containerText = (container: object) =>
  podTemplateText(oneContainer(container))
    .replace(/^.*"containers":\[\{"name":"web"/, '')
    .replace(/\}\]\}\}$/, '')

const abort = (name: string, more: object = {}) =>
  template({
    metadata: { labels: { app: name } },
    spec: {
      containers: [
        {
          name,
          image: 'nginx:1.19-alpine',
          ports: [{ protocol: 'TCP', containerPort: 80, name: 'http' }],
          resources: { requests: { memory: '16Mi', cpu: '5m' } },
        },
      ],
      ...more,
    },
  })

const equivalent = (cpuLimit: unknown, cpuRequest: unknown) =>
  template({
    metadata: { labels: { foo: 'bar' } },
    spec: {
      containers: [
        {
          name: 'container-name',
          image: 'foo/bar',
          resources: { limits: { cpu: cpuLimit, memory: '8192M' }, requests: { cpu: cpuRequest, memory: '8192M' } },
        },
      ],
    },
  })

const red = template({
  metadata: { labels: { name: 'red' } },
  spec: {
    containers: [
      { image: 'red', name: 'red', imagePullPolicy: 'Always', terminationMessagePath: '/dev/termination-log' },
    ],
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    securityContext: {},
  },
})

const gettingStarted = template({
  metadata: { labels: { app: 'rollouts-demo' } },
  spec: {
    containers: [
      {
        name: 'rollouts-demo',
        image: 'argoproj/rollouts-demo:blue',
        ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
        resources: { requests: { memory: '32Mi', cpu: '5m' } },
      },
    ],
  },
})

describe('published hashes', () => {
  it.each([
    ['V1', [{ pause: {} }, { pause: {} }], '79c9b9f6bf'],
    ['V2', [{ pause: {} }], '6b9b86fbd5'],
    ['V3', undefined, '5ffbfbbd64'],
    ['V3', [], '5ffbfbbd64'],
  ])('REC-41: steps of %s', (_vector, steps, hash) => {
    expect(stepHash(steps)).toBe(hash)
  })

  it.each([
    ['V4', abort('canary-scaledowndelay'), undefined, '674d8cf959'],
    [
      'V5',
      abort('dynamic-stable-scale', { readinessGates: [{ conditionType: 'argoproj.io/e2e-readiness' }] }),
      undefined,
      '6b56c8cdb4',
    ],
    ['V6', equivalent('2000m', 0.15), undefined, '6f496f9f78'],
    ['V6', equivalent('2', '150m'), undefined, '6f496f9f78'],
    ['V6', equivalent(2, '0.15'), undefined, '6f496f9f78'],
    ['V7', red, undefined, '5f78d78c4d'],
    ['V7', red, 0, '77b998bb88'],
    ['V7', red, 1, 'b7c685cd5'],
    ['V8', gettingStarted, undefined, '5cd66ff7ff'],
  ])('REC-40: pod template of %s with collision count %#', (_vector, value, collisionCount, hash) => {
    expect(podTemplateHash(value, collisionCount)).toBe(hash)
  })

  it('REC-43: V8 has its well-known name under the text of release 1.8', () => {
    expect(legacyPodTemplateHash(gettingStarted)).toBe('687d76d795')
  })

  it('REC-43: the text of 1.8 names the creation time of a volume claim template too', () => {
    const claim = oneContainer({}, { volumes: [{ name: 'v', ephemeral: { volumeClaimTemplate: { spec: {} } } }] })
    expect(podTemplateText(claim)).toContain('"volumeClaimTemplate":{"metadata":{},"spec":{"resources":{}}}')
    expect(legacyPodTemplateHash(claim)).not.toBe(podTemplateHash(claim))
  })
})

describe('hashes made by the reference itself, see the fixture for how', () => {
  it(`REC-40: agrees on ${pairs.templates.length} templates`, () => {
    expect(pairs.templates.length).toBeGreaterThan(1000)
    expect(differing(pairs.templates, (value, count) => podTemplateHash(template(value), count))).toEqual([])
  })

  it(`REC-41: agrees on ${pairs.steps.length} lists of steps`, () => {
    expect(pairs.steps.length).toBeGreaterThan(200)
    expect(differing(pairs.steps, (value) => stepHash(value as readonly CanaryStep[]))).toEqual([])
  })

  it('REC-160: keys in another order, an unwritten resources, unescaped characters or a null time are other hashes', () => {
    const text = podTemplateText(oneContainer({ image: 'a<b' }))
    expect(text).toBe('{"metadata":{},"spec":{"containers":[{"name":"web","image":"a\\u003cb","resources":{}}]}}')
    expect(legacyPodTemplateHash(oneContainer({ image: 'a<b' }))).not.toBe(
      podTemplateHash(oneContainer({ image: 'a<b' })),
    )
    const [first, second] = [
      { image: 'a', name: 'web' },
      { name: 'web', image: 'a' },
    ]
    expect(podTemplateHash(oneContainer(first))).toBe(podTemplateHash(oneContainer(second)))
  })
})

describe('canonical text (REC-42)', () => {
  it('REC-42: an absent template is its structs and the list that is never left out', () => {
    expect(podTemplateText({})).toBe('{"metadata":{},"spec":{"containers":null}}')
    expect(podTemplateText(template({ spec: { containers: [] } }))).toBe('{"metadata":{},"spec":{"containers":[]}}')
  })

  it.each([
    ['an empty list is left out', { args: [], env: [] }, ',"resources":{}'],
    ['an empty map is left out', { resources: { limits: {} } }, ',"resources":{}'],
    ['a field that is null is absent', { image: null, livenessProbe: null }, ',"resources":{}'],
    ['unknown fields are dropped', { imagePolicy: 'x' }, ',"resources":{}'],
    ['a false flag is left out', { tty: false, stdin: true }, ',"resources":{},"stdin":true'],
    [
      'a present pointer is written even when zero',
      { securityContext: {}, restartPolicy: '' },
      ',"resources":{},"restartPolicy":"","securityContext":{}',
    ],
    ['a string without omission is written empty', { env: [{}] }, ',"env":[{"name":""}],"resources":{}'],
    [
      'an int-or-string keeps its type',
      { livenessProbe: { httpGet: { port: '8080' } }, readinessProbe: { httpGet: { port: 8080 } } },
      ',"resources":{},"livenessProbe":{"httpGet":{"port":"8080"}},"readinessProbe":{"httpGet":{"port":8080}}',
    ],
    [
      'an absent int-or-string is zero',
      { livenessProbe: { tcpSocket: {} } },
      ',"resources":{},"livenessProbe":{"tcpSocket":{"port":0}}',
    ],
    [
      'a divisor is never left out',
      { env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }] },
      ',"env":[{"name":"A","valueFrom":{"resourceFieldRef":{"resource":"limits.cpu","divisor":"0"}}}],"resources":{}',
    ],
    [
      'a pointer without omission is null',
      { livenessProbe: { grpc: { port: 1 } } },
      ',"resources":{},"livenessProbe":{"grpc":{"port":1,"service":null}}',
    ],
    ['a wrong type counts as absent', { command: 'sh', tty: 'yes' }, ',"resources":{}'],
    [
      'an unreadable quantity is zero',
      { resources: { limits: { cpu: 'much' } } },
      ',"resources":{"limits":{"cpu":"0"}}',
    ],
  ])('REC-42: %s', (_rule, container, text) => {
    expect(containerText(container)).toBe(text)
  })

  it.each([
    ['quote and backslash', 'a"b\\c', 'a\\"b\\\\c'],
    ['short escapes', '\n\r\t\b\f', '\\n\\r\\t\\b\\f'],
    ['other control characters', '\u0001\u001f', '\\u0001\\u001f'],
    ['HTML characters', '<&>', '\\u003c\\u0026\\u003e'],
    ['line separators', '\u2028\u2029', '\\u2028\\u2029'],
    ['slash, delete and non-ASCII verbatim', '/\u007fé😀', '/\u007fé😀'],
  ])('REC-42: escapes %s', (_rule, image, text) => {
    expect(containerText({ image })).toBe(`,"image":"${text}","resources":{}`)
  })

  it('REC-42: map keys are in byte order, beyond the basic plane too', () => {
    const labels = { b: '1', a: '2', B: '3', '\uff5e': '4', '😀': '5' }
    expect(podTemplateText(template({ metadata: { labels } }))).toContain(
      '{"B":"3","a":"2","b":"1","\uff5e":"4","😀":"5"}',
    )
  })

  it('REC-42: plugin configuration is sorted at every level, numbers in shortest form', () => {
    const config = { b: { d: 1.0, c: '<' }, a: [1.5, 1e21, 1e-7] }
    expect(stepText([{ plugin: { name: 'p', config } }])).toBe(
      '[{"plugin":{"name":"p","config":{"a":[1.5,1e+21,1e-7],"b":{"c":"\\u003c","d":1}}}}]',
    )
  })

  it('REC-42: an experiment step writes its structs', () => {
    expect(stepText([{ experiment: {} }])).toBe('[{"experiment":{"templates":null,"analysisRunMetadata":{}}}]')
  })
})

describe('podTemplateComparisonText', () => {
  const same = (a: object, b: object) =>
    podTemplateComparisonText(template(a)) === podTemplateComparisonText(template(b))

  it('REC-44: an absent list equals an empty one, also where the hash tells them apart', () => {
    expect(same({ spec: {} }, { spec: { containers: [] } })).toBe(true)
    expect(podTemplateText(template({ spec: {} }))).not.toBe(podTemplateText(template({ spec: { containers: [] } })))
    expect(same(oneContainer({ args: null }), oneContainer({ args: [] }))).toBe(true)
    expect(same(oneContainer({}), oneContainer({ args: ['a'] }))).toBe(false)
  })

  it('REC-44: quantities compare by value', () => {
    const limits = (cpu: unknown) => oneContainer({ resources: { limits: { cpu } } })
    expect(same(limits('007'), limits(7))).toBe(true)
    expect(same(limits('1.500'), limits('1500m'))).toBe(true)
    expect(same(limits('1'), limits('2'))).toBe(false)
  })
})
