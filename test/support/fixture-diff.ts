import type { ConfigDiffView, DiffGroup, DiffLine, DiffSummaryLine, DiffView } from '#contract/diff-views.ts'
import type { DriftCell, DriftRow, DriftView, FleetDriftView } from '#contract/drift-views.ts'
import type { Input } from '#contract/requests.ts'
import type { RolloutView } from '#contract/views.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'

// oxlint-disable-next-line eslint/max-params -- one for each change of the fixture
const template = (
  version: string,
  pool: string,
  cpu: string,
  memory: string,
  delay: string,
  cache: boolean,
): readonly string[] => [
  'apiVersion: apps/v1',
  'kind: ReplicaSet',
  'metadata:',
  '  name: checkout-api',
  '  namespace: shop',
  '  labels:',
  '    app: checkout-api',
  '    team: checkout',
  'spec:',
  '  selector:',
  '    matchLabels:',
  '      app: checkout-api',
  '  replicas: 12',
  '  minReadySeconds: 10',
  '  template:',
  '    metadata:',
  '      labels:',
  '        app: checkout-api',
  `        version: ${version}`,
  '    spec:',
  '      containers:',
  '      - name: api',
  `        image: registry.shop.io/checkout-api:${version}`,
  '        env:',
  '        - name: POOL_SIZE',
  `          value: "${pool}"`,
  ...(cache ? ['        - name: PRICE_CACHE_TTL', '          value: 45s'] : []),
  '        - name: STRIPE_KEY',
  `          value: hidden, differs (${cache ? 'e07f11b4' : 'a91c03d2'})`,
  '        - name: JAVA_TOOL_OPTIONS',
  '          value: -Xmx1200m',
  '        - name: DB_PASSWORD',
  '          value: hidden, same (77aa10bc)',
  '        ports:',
  '        - name: http',
  '          containerPort: 8080',
  '          protocol: TCP',
  '        - name: metrics',
  '          containerPort: 9090',
  '        volumeMounts:',
  '        - name: tmp',
  '          mountPath: /tmp',
  '        readinessProbe:',
  '          httpGet: {path: /ready, port: 8080}',
  `          initialDelaySeconds: ${delay}`,
  '        resources:',
  '          requests:',
  `            cpu: ${cpu}`,
  '            memory: 1Gi',
  '          limits:',
  `            memory: ${memory}`,
  '      dnsPolicy: ClusterFirst',
  '      restartPolicy: Always',
  '      schedulerName: default-scheduler',
  '      terminationGracePeriodSeconds: 30',
]

const change = (
  group: DiffGroup,
  op: '+' | '~',
  path: string,
  before: string | undefined,
  after: string | undefined,
): DiffSummaryLine => ({ group, op, path, at: `spec.template.spec.containers[api].${path}`, before, after, line: 12 })

/** Enough of a diff for the fixture: both texts differ only in lines and insertions we know. */
export function aDiff(): DiffView {
  const left = template('2.30.4', '32', '500m', '1Gi', '5', false)
  const right = template('2.31.0', '48', '750m', '1536Mi', '12', true)
  const lines: DiffLine[] = []
  let [l, r] = [0, 0]
  while (l < left.length || r < right.length) {
    const folded = /dnsPolicy|restartPolicy|schedulerName|terminationGrace/.test(right[r] ?? '')
    if (left[l] === right[r])
      lines.push({ op: ' ', leftNumber: ++l, rightNumber: ++r, text: right[r - 1] ?? '', folded })
    else if (/PRICE_CACHE_TTL|45s/.test(right[r] ?? ''))
      lines.push({ op: '+', leftNumber: undefined, rightNumber: ++r, text: right[r - 1] ?? '', folded: false })
    else {
      lines.push({ op: '-', leftNumber: ++l, rightNumber: undefined, text: left[l - 1] ?? '', folded: false })
      lines.push({ op: '+', leftNumber: undefined, rightNumber: ++r, text: right[r - 1] ?? '', folded: false })
    }
  }
  return {
    left: { title: 'checkout-api-59d4c7b6fd', revision: 47, version: '2.30.4', capturedAt: undefined },
    right: { title: 'checkout-api-6c7f5d9b88', revision: 48, version: '2.31.0', capturedAt: undefined },
    summary: [
      change('image', '~', 'api', '2.30.4', '2.31.0'),
      change('environment', '+', 'PRICE_CACHE_TTL', undefined, '45s'),
      change('environment', '~', 'POOL_SIZE', '32', '48'),
      change('environment', '~', 'STRIPE_KEY', 'hidden, differs (a91c03d2)', 'hidden, differs (e07f11b4)'),
      change('resources', '~', 'cpu request', '500m', '750m'),
      change('resources', '~', 'memory limit', '1Gi', '1536Mi'),
      change('probes', '~', 'readiness initialDelaySeconds', '5', '12'),
    ],
    lookAt: ['api: heap flag -Xmx1200m is above the memory request 1Gi'],
    hidden: 2,
    lines,
  }
}

/** What main would answer: a file without a manifest is refused, two moments and a live side have other names. */
export function diffAnswer({ left, right }: Input<'diff.compare'>): Outcome<DiffView, Failure> {
  const diff = aDiff()
  if (left.kind === 'text' && !left.text.includes('kind: Rollout'))
    return failure({
      kind: 'Invalid',
      message: `${left.name}: There is no Rollout in it, and nothing else with a pod template.`,
      causes: [],
    })
  if (left.kind === 'text' && left.name.startsWith('large')) return success(largeDiff())
  if (left.kind === 'applied')
    return success({
      ...diff,
      left: { ...diff.left, title: 'checkout-api · prod-eu-west · last applied', revision: undefined },
    })
  if (left.kind !== 'moment') return success(diff)
  const then = {
    ...diff.left,
    title: 'checkout-api · prod-eu-west',
    revision: undefined,
    capturedAt: left.at,
    unrecorded: true,
  }
  const now = { ...diff.right, title: 'checkout-api · prod-eu-west · spec', revision: undefined }
  return success({ ...diff, left: then, right: right.kind === 'moment' ? { ...now, capturedAt: right.at } : now })
}

/** 10,000 lines on either side, a change in every fiftieth variable. */
export function largeDiff(variables = 5000): DiffView {
  const lines: DiffLine[] = []
  let [left, right] = [0, 0]
  const both = (text: string) => lines.push({ op: ' ', leftNumber: ++left, rightNumber: ++right, text, folded: false })
  for (let at = 0; at < variables; at += 1) {
    both(`        - name: VARIABLE_${at}`)
    if (at % 50 !== 0) both(`          value: "${at}"`)
    else {
      lines.push({
        op: '-',
        leftNumber: ++left,
        rightNumber: undefined,
        text: `          value: "${at}"`,
        folded: false,
      })
      lines.push({
        op: '+',
        leftNumber: undefined,
        rightNumber: ++right,
        text: `          value: "${at + 1}"`,
        folded: false,
      })
    }
  }
  return { ...aDiff(), lines }
}

export function configAnswer(): ConfigDiffView {
  const line = (op: DiffLine['op'], text: string, at: number): DiffLine => ({
    op,
    leftNumber: op === '+' ? undefined : at,
    rightNumber: op === '-' ? undefined : at,
    text,
    folded: false,
  })
  const lines = [
    line(' ', 'ConfigMap:', 1),
    line(' ', '  checkout-flags:', 2),
    line('-', '    pricing: v1', 3),
    line('+', '    pricing: v2', 3),
    line(' ', 'Secret:', 4),
    line(' ', '  stripe:', 5),
    line('-', '    key: hidden, differs (a91c03d2)', 6),
    line('+', '    key: hidden, differs (e07f11b4)', 6),
  ]
  return {
    diff: { ...aDiff(), summary: [], lookAt: [], lines },
    objects: [
      {
        kind: 'ConfigMap',
        name: 'checkout-flags',
        left: { state: 'read', resourceVersion: '8812' },
        right: { state: 'read', resourceVersion: '8812' },
      },
      {
        kind: 'Secret',
        name: 'payments',
        left: { state: 'unnamed' },
        right: {
          state: 'forbidden',
          message:
            'secrets "payments" is forbidden: User "m.ortega" cannot get resource "secrets" in the namespace "shop"',
        },
      },
    ],
  }
}

/** The members of one application, with drift in the last of them. */
export function driftAnswer(views: readonly RolloutView[]): DriftView {
  const cells = (usual: string | undefined, other: (at: number) => DriftCell | undefined): DriftRow['cells'] =>
    views.map((_, at) => other(at) ?? { text: usual, state: 'same' })
  const last = views.length - 1
  const row = (section: DriftRow['section'], field: string, own: DriftRow['cells']): DriftRow => ({
    section,
    field,
    at: `spec.template.spec.containers[api].env[${field}]`,
    noMajority: false,
    cells: own,
  })
  const planned =
    (text: string) =>
    (at: number): DriftCell | undefined =>
      at < 3 ? { text, state: 'planned' } : undefined
  return {
    namespace: views[0]?.namespace ?? '',
    name: views[0]?.name ?? '',
    columns: views.map(({ key, context, revision, version }, at) => ({
      key,
      context,
      revision,
      version,
      planned: at < 3,
      differs: at === last ? 2 : at < 3 ? 3 : 0,
    })),
    rows: [
      row(
        'drift',
        'FEATURE_TAX_V2',
        cells('on', (at) => (at === last ? { text: undefined, state: 'drift' } : undefined)),
      ),
      row(
        'drift',
        'STRIPE_KEY',
        cells('hidden (a91c03d2)', (at) => (at === last ? { text: 'hidden (e07f11b4)', state: 'drift' } : undefined)),
      ),
      row(
        'planned',
        'api',
        cells('registry.shop.io/checkout-api:2.30.4', planned('registry.shop.io/checkout-api:2.31.0')),
      ),
      row('planned', 'cpu request', cells('500m', planned('750m'))),
      row(
        'expected',
        'REGION',
        views.map(({ context }) => ({ text: context.replace('prod-', ''), state: 'expected' })),
      ),
      row(
        'expected',
        'replicas',
        views.map((_, at) => ({ text: `${4 + at}`, state: 'expected' })),
      ),
    ],
    fields: 61,
  }
}

export function fleetDriftAnswer(views: readonly RolloutView[]): FleetDriftView {
  const names = [...new Set(views.filter(({ kind }) => kind === undefined).map(({ name }) => name))]
  const applications = names.flatMap((name, index) => {
    const own = views.filter((view) => view.name === name)
    const [first] = own
    const drifting = own.filter(({ drift }) => drift).map(({ context }) => context)
    if (first === undefined || own.length < 2) return []
    const counts = { drift: drifting.length, planned: index % 3, expected: 2 }
    return [{ namespace: first.namespace, name, key: first.key, clusters: own.length, ...counts, drifting }]
  })
  return { applications: applications.toSorted((a, b) => b.drift - a.drift) }
}
