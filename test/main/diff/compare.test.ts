import { describe, expect, it } from 'vitest'
import type { Container, PodTemplateSpec } from '#api/core.ts'
import type { DiffView } from '#contract/diff-views.ts'
import { compareSides } from '#main/diff/compare.ts'
import { redactTemplate } from '#main/history/redact-template.ts'
import { printsWith } from '#main/history/secret-prints.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const prints = printsWith({ file: 'file key', session: 'session key' })

const aTemplate = (container: Partial<Container> = {}, more: Partial<PodTemplateSpec> = {}): PodTemplateSpec => ({
  metadata: { labels: { app: 'shop' } },
  spec: { containers: [{ name: 'api', image: 'registry.io:5000/shop/api:1.0', ...container }] },
  ...more,
})

const side = (template: PodTemplateSpec) => ({
  title: 'shop-1',
  revision: 1,
  version: '1.0',
  capturedAt: T0,
  manifest: { kind: 'template' as const, template },
})

/** What is told, without where it stands. */
const told = ({ summary }: DiffView) => summary.map(({ at: _at, line: _line, ...each }) => each)

const diff = (left: PodTemplateSpec, right: PodTemplateSpec): DiffView => compareSides(side(left), side(right), prints)

const env = (values: Readonly<Record<string, string>>): Partial<Container> => ({
  env: Object.entries(values).map(([name, value]) => ({ name, value })),
})
const memory = (limit: string | undefined, request?: string): Partial<Container> => ({
  resources: {
    ...(limit === undefined ? {} : { limits: { memory: limit } }),
    ...(request === undefined ? {} : { requests: { memory: request } }),
  },
})

describe('summary (UI-DIFF-1)', () => {
  it('of equal templates is empty, and so are the checks', () => {
    const { summary, lookAt, left, lines } = diff(aTemplate(), aTemplate())
    expect({ summary, lookAt }).toEqual({ summary: [], lookAt: [] })
    expect(left).toEqual({ title: 'shop-1', revision: 1, version: '1.0', capturedAt: T0 })
    expect(lines.every((line) => line.op === ' ')).toBe(true)
  })

  it('groups what changed by what it is about, in one order', () => {
    const left = aTemplate({
      ...env({ POOL_SIZE: '32', GONE: 'x' }),
      resources: { requests: { cpu: '500m' }, limits: { memory: '1Gi' } },
      readinessProbe: { httpGet: { path: '/ready', port: 80 }, initialDelaySeconds: 5 },
      livenessProbe: { tcpSocket: { port: 80 } },
      ports: [{ name: 'http', containerPort: 80 }],
    })
    const right = aTemplate({
      image: 'registry.io:5000/shop/api:1.1',
      ...env({ PRICE_CACHE_TTL: '45s', POOL_SIZE: '48' }),
      resources: { requests: { cpu: '750m' }, limits: { memory: '1536Mi' } },
      readinessProbe: { httpGet: { path: '/ready', port: 80 }, initialDelaySeconds: 12 },
      ports: [{ name: 'http', containerPort: 8080 }],
    })
    expect(told(diff(left, right))).toEqual([
      { group: 'image', op: '~', path: 'api', before: '1.0', after: '1.1' },
      { group: 'environment', op: '+', path: 'PRICE_CACHE_TTL', before: undefined, after: '45s' },
      { group: 'environment', op: '~', path: 'POOL_SIZE', before: '32', after: '48' },
      { group: 'environment', op: '-', path: 'GONE', before: 'x', after: undefined },
      { group: 'resources', op: '~', path: 'memory limit', before: '1Gi', after: '1536Mi' },
      { group: 'resources', op: '~', path: 'cpu request', before: '500m', after: '750m' },
      { group: 'probes', op: '-', path: 'liveness', before: '{tcpSocket: {port: 80}}', after: undefined },
      { group: 'probes', op: '~', path: 'readiness initialDelaySeconds', before: '5', after: '12' },
      {
        group: 'ports',
        op: '+',
        path: 'ports[8080/TCP]',
        before: undefined,
        after: '{name: http, containerPort: 8080}',
      },
      { group: 'ports', op: '-', path: 'ports[80/TCP]', before: '{name: http, containerPort: 80}', after: undefined },
    ])
  })

  it('names the container where there are several, and shows another repository whole', () => {
    const pod = (image: string, size: string): PodTemplateSpec => ({
      spec: {
        containers: [
          { name: 'api', image },
          { name: 'proxy', image: 'proxy:1', ...env({ SIZE: size }) },
        ],
      },
    })
    expect(told(diff(pod('a/api:1', '1'), pod('b/api@sha256:ff', '2')))).toEqual([
      { group: 'image', op: '~', path: 'api', before: 'a/api:1', after: 'b/api@sha256:ff' },
      { group: 'environment', op: '~', path: 'proxy SIZE', before: '1', after: '2' },
    ])
  })

  it('tells of whole containers, references and fields around them', () => {
    const from = (key: string) => ({ env: [{ name: 'DB', valueFrom: { secretKeyRef: { name: 'db', key } } }] })
    const left = aTemplate(from('old'))
    const right: PodTemplateSpec = {
      metadata: { labels: { app: 'shop', tier: 'web' } },
      spec: {
        containers: aTemplate(from('new')).spec?.containers ?? [],
        initContainers: [{ name: 'migrate', image: 'migrate:2' }],
        nodeName: 'node-1',
      },
    }
    expect(told(diff(left, right))).toEqual([
      { group: 'environment', op: '~', path: 'api DB', before: 'secretKeyRef db.old', after: 'secretKeyRef db.new' },
      { group: 'containers', op: '+', path: 'container migrate', before: undefined, after: 'migrate:2' },
      { group: 'scheduling', op: '+', path: 'nodeName', before: undefined, after: 'node-1' },
      { group: 'labels', op: '+', path: 'template.metadata.labels.tier', before: undefined, after: 'web' },
    ])
  })
})

describe('secrets (UI-DIFF-3)', () => {
  const left = aTemplate(env({ DB_PASSWORD: 'hunter2', API_TOKEN: 'abc' }))
  const right = aTemplate(env({ DB_PASSWORD: 'hunter2', API_TOKEN: 'xyz' }))
  const shown = (name: string, value: string) => prints.shown(prints.stored(name, value))

  it('show only whether they differ, and a print of this session', () => {
    const view = diff(left, right)
    expect(told(view)).toEqual([
      {
        group: 'environment',
        op: '~',
        path: 'API_TOKEN',
        before: `hidden, differs (${shown('API_TOKEN', 'abc')})`,
        after: `hidden, differs (${shown('API_TOKEN', 'xyz')})`,
      },
    ])
    const values = view.lines.filter((line) => line.text.includes('value:')).map(({ op, text }) => op + text.trim())
    expect(values).toEqual([
      ` value: hidden, same (${shown('DB_PASSWORD', 'hunter2')})`,
      `-value: hidden, differs (${shown('API_TOKEN', 'abc')})`,
      `+value: hidden, differs (${shown('API_TOKEN', 'xyz')})`,
    ])
    const text = JSON.stringify(view)
    for (const secret of ['hunter2', 'abc', 'xyz', prints.stored('API_TOKEN', 'abc')]) {
      expect(text).not.toContain(`"${secret}"`)
      expect(text).not.toContain(`[secret ${secret}`)
    }
  })

  it('a stored template compares with a live one', () => {
    expect(diff(redactTemplate(left, prints), left).summary).toEqual([])
    expect(diff(redactTemplate(left, prints), right)).toEqual(diff(left, right))
  })
})

describe('a look at (UI-DIFF-1)', () => {
  const plain = aTemplate()
  const cases: readonly (readonly [PodTemplateSpec, PodTemplateSpec, readonly string[]])[] = [
    [
      plain,
      aTemplate({ ...memory('1Gi'), ...env({ JAVA_TOOL_OPTIONS: '-Xss1m -Xmx1200m' }) }),
      ['api: heap flag -Xmx1200m is above the memory limit 1Gi'],
    ],
    [plain, aTemplate({ ...memory('2Gi'), ...env({ JAVA_TOOL_OPTIONS: '-Xmx1200m' }) }), []],
    [plain, aTemplate(env({ JAVA_TOOL_OPTIONS: '-Xmx1200m' })), []],
    [
      plain,
      aTemplate({ ...memory(undefined, '512M'), command: ['java', '-Xmx1g'] }),
      ['api: heap flag -Xmx1g is above the memory request 512M'],
    ],
    [
      plain,
      aTemplate({ ...memory('1000000000'), args: ['--max-old-space-size=1000'] }),
      ['api: heap flag --max-old-space-size=1000 is above the memory limit 1000000000'],
    ],
    [
      plain,
      aTemplate({ image: 'registry.io:5000/shop/api:1.1' }),
      ['api: image tag 1.1 has no digest, so it can be moved'],
    ],
    [plain, aTemplate({ image: 'registry.io:5000/shop/api@sha256:ff' }), []],
    [plain, aTemplate({ image: 'api:latest' }), ['api: image api:latest floats: it names no version']],
    [
      plain,
      aTemplate({ image: 'registry.io:5000/shop/api' }),
      ['api: image registry.io:5000/shop/api floats: it names no version'],
    ],
    [
      aTemplate({ livenessProbe: { exec: { command: ['true'] } }, ...memory('1Gi') }),
      plain,
      ['api: livenessProbe is removed', 'api: the memory limit is removed'],
    ],
  ]
  for (const [left, right, findings] of cases) {
    it(`says ${JSON.stringify(findings)} of ${JSON.stringify(right.spec?.containers[0])}`, () => {
      expect(diff(left, right).lookAt).toEqual(findings)
    })
  }
})

describe('lines', () => {
  const texts = ({ lines }: DiffView) => lines.map(({ op, text }) => `${op}${text}`)

  it('are YAML in one order of fields, whatever order the templates came in', () => {
    const right: PodTemplateSpec = {
      spec: { containers: [{ env: [{ value: '1', name: 'A' }], image: 'api:2', name: 'api' }] },
      metadata: { labels: { app: 'shop' } },
    }
    const view = diff(aTemplate({ image: 'api:1', env: [{ name: 'A', value: '1' }] }), right)
    expect(texts(view)).toEqual([
      ' spec:',
      '   template:',
      '     metadata:',
      '       labels:',
      '         app: shop',
      '     spec:',
      '       containers:',
      '         - name: api',
      '-          image: api:1',
      '+          image: api:2',
      '           env:',
      '             - name: A',
      '               value: "1"',
    ])
    expect(view.lines.slice(7, 11).map(({ leftNumber, rightNumber }) => [leftNumber, rightNumber])).toEqual([
      [8, 8],
      [9, undefined],
      [undefined, 9],
      [10, 10],
    ])
  })

  it('UI-DIFF-4: folds what clusters set, and what they set on one side only is no change in meaning', () => {
    const left = aTemplate({}, { metadata: { labels: { 'rollouts-pod-template-hash': 'aaa' } } })
    const right: PodTemplateSpec = {
      metadata: { labels: { 'rollouts-pod-template-hash': 'bbb' } },
      spec: {
        containers: [{ name: 'api', image: 'registry.io:5000/shop/api:1.0', imagePullPolicy: 'IfNotPresent' }],
        dnsPolicy: 'ClusterFirst',
        securityContext: {},
        terminationGracePeriodSeconds: 30,
      },
    }
    const view = diff(left, right)
    expect(view.summary).toEqual([])
    expect(view.lines.filter((line) => line.op !== ' ').every((line) => line.folded)).toBe(true)
    expect(view.lines.filter((line) => line.folded)).toHaveLength(7)
  })

  it('UI-DIFF-4: a default that became something else is not folded', () => {
    const left: PodTemplateSpec = { spec: { containers: [], terminationGracePeriodSeconds: 30 } }
    const right: PodTemplateSpec = { spec: { containers: [], terminationGracePeriodSeconds: 60 } }
    const view = diff(left, right)
    expect(view.summary).toMatchObject([{ op: '~', before: '30', after: '60' }])
    expect(view.lines.filter((line) => line.op !== ' ').map((line) => line.folded)).toEqual([false, false])
  })

  /** 2,500 variables are 5,000 lines. */
  const many = (value: (index: number) => string): PodTemplateSpec =>
    aTemplate({ env: Array.from({ length: 2500 }, (_, index) => ({ name: `V${index}`, value: value(index) })) })

  it('5,000 lines with a few changes are compared line by line', () => {
    const view = diff(
      many(() => 'same'),
      many((index) => (index % 500 === 0 ? 'changed' : 'same')),
    )
    expect(view.summary).toHaveLength(5)
    expect(view.lines.filter((line) => line.op !== ' ')).toHaveLength(10)
  })

  it('5,000 lines that all differ do not take for ever: they are shown one after the other', () => {
    const view = diff(
      many((index) => `left ${index}`),
      many((index) => `right ${index}`),
    )
    expect(view.summary).toHaveLength(2500)
    expect(view.lines.filter((line) => line.op === '-')).toHaveLength(
      view.lines.filter((line) => line.op === '+').length,
    )
    expect(view.lines.length).toBeGreaterThan(7000)
  })
})
