import type { PodTemplateSpec } from '#api/core.ts'
import type { DiffGroup } from '#contract/diff-views.ts'
import { withDefaults } from '#engine/pod-template/defaults.ts'
import { type Seeded, seeded } from './seeded.ts'

/** JSON that a test may change in place. */
// oxlint-disable-next-line typescript/no-explicit-any
type Loose = any

export interface KnownEdit {
  readonly group: DiffGroup
  readonly op: '+' | '-' | '~'
  readonly at: string
}

export interface KnownPair {
  readonly left: Loose
  readonly right: Loose
  readonly edits: readonly KnownEdit[]
}

/** A Rollout and a copy with known edits, which then is written in other words of the same meaning. */
export function knownPair(seed: number): KnownPair {
  const random = seeded(seed)
  const left = aManifest(random)
  const right = structuredClone(left)
  const wanted = 1 + random.number(4)
  const edits = random
    .shuffle(catalogue)
    .slice(0, wanted)
    .flatMap((edit) => edit(right, random))
  return { left, right: inOtherWords(right, random), edits }
}

function aManifest(random: Seeded): Loose {
  const containers = ['api', 'proxy', 'agent'].slice(0, 1 + random.number(3)).map((name) => aContainer(name, random))
  return {
    metadata: { name: 'web', namespace: 'shop', labels: { app: 'web', team: 'shop' } },
    spec: {
      replicas: 2 + random.number(8),
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' }, annotations: { 'shop.io/owner': 'checkout' } },
        spec: {
          initContainers: ['migrate', 'warm'].map((name) => ({ name, image: `${name}:1` })),
          containers,
          volumes: [
            { name: 'cfg', configMap: { name: 'web' } },
            { name: 'tmp', emptyDir: {} },
            {
              name: 'keys',
              secret: {
                secretName: 'keys',
                items: [
                  { key: 'a', path: 'a' },
                  { key: 'b', path: 'b' },
                ],
              },
            },
          ],
          tolerations: [
            { key: 'spot', operator: 'Exists', effect: 'NoSchedule' },
            { key: 'zone', operator: 'Equal', value: 'b' },
          ],
          terminationGracePeriodSeconds: 40,
          serviceAccountName: 'web',
        },
      },
      strategy: {
        canary: {
          canaryService: 'web-canary',
          stableService: 'web-stable',
          maxSurge: '25%',
          steps: [{ setWeight: 5 }, { pause: { duration: '10m' } }, { setWeight: 50 }, { pause: {} }],
          analysis: {
            templates: [{ templateName: 'errors' }, { templateName: 'latency' }],
            args: [{ name: 'service', value: 'web' }],
          },
        },
      },
    },
  }
}

const aContainer = (name: string, random: Seeded): Loose => ({
  name,
  image: `registry.io/${name}:1.${random.number(9)}.0`,
  args: ['--listen=:8080', '--verbose'],
  env: ['POOL_SIZE', 'REGION', 'CACHE_TTL', 'FEATURE_A', 'LOG_LEVEL'].map((variable) => ({
    name: variable,
    value: String(random.number(100)),
  })),
  ports: [
    { name: 'http', containerPort: 8080 },
    { name: 'metrics', containerPort: 9090 },
  ],
  resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '2', memory: '2Gi' } },
  volumeMounts: [
    { name: 'cfg', mountPath: '/etc/web' },
    { name: 'tmp', mountPath: '/tmp' },
  ],
  readinessProbe: { httpGet: { path: '/ready', port: 8080 }, initialDelaySeconds: 5 },
  livenessProbe: { tcpSocket: { port: 8080 } },
})

type Edit = (manifest: Loose, random: Seeded) => readonly KnownEdit[]

const pod = 'spec.template.spec'
const podOf = (manifest: Loose): Loose => manifest.spec.template.spec
const canaryOf = (manifest: Loose): Loose => manifest.spec.strategy.canary

/** An edit of one container. */
const inContainer =
  (edit: (container: Loose, random: Seeded) => KnownEdit): Edit =>
  (manifest, random) => {
    const container = random.pick<Loose>(podOf(manifest).containers)
    const { at, ...known } = edit(container, random)
    return [{ ...known, at: `${pod}.containers[${container.name}].${at}` }]
  }

const inPod =
  (edit: (spec: Loose, random: Seeded) => KnownEdit): Edit =>
  (manifest, random) => {
    const { at, ...known } = edit(podOf(manifest), random)
    return [{ ...known, at: `${pod}.${at}` }]
  }

const known = (group: DiffGroup, op: KnownEdit['op'], at: string): KnownEdit => ({ group, op, at })

/** Each is of its own field, so that any of them go together. */
const catalogue: readonly Edit[] = [
  inContainer((container) => {
    container.image += '-new'
    return known('image', '~', 'image')
  }),
  inContainer((container) => {
    container.env[0].value = 'other'
    return known('environment', '~', `env[${container.env[0].name}]`)
  }),
  inContainer((container, random) => {
    container.env.splice(random.number(5), 0, { name: 'NEW_ONE', value: '1' })
    return known('environment', '+', 'env[NEW_ONE]')
  }),
  inContainer((container) => {
    container.env = container.env.filter(({ name }: Loose) => name !== 'LOG_LEVEL')
    return known('environment', '-', 'env[LOG_LEVEL]')
  }),
  inContainer((container) => {
    container.env.find(({ name }: Loose) => name === 'CACHE_TTL').valueFrom = {
      configMapKeyRef: { name: 'web', key: 'ttl' },
    }
    delete container.env.find(({ name }: Loose) => name === 'CACHE_TTL').value
    return known('environment', '~', 'env[CACHE_TTL]')
  }),
  inContainer((container) => {
    container.resources.requests.cpu = '750m'
    return known('resources', '~', 'resources.requests.cpu')
  }),
  inContainer((container) => {
    container.resources.limits.memory = '2049Mi'
    return known('resources', '~', 'resources.limits.memory')
  }),
  inContainer((container) => {
    delete container.resources.limits.cpu
    return known('resources', '-', 'resources.limits.cpu')
  }),
  inContainer((container) => {
    container.readinessProbe.initialDelaySeconds = 12
    return known('probes', '~', 'readinessProbe.initialDelaySeconds')
  }),
  inContainer((container) => {
    container.readinessProbe.periodSeconds = 20
    return known('probes', '~', 'readinessProbe.periodSeconds')
  }),
  inContainer((container) => {
    delete container.livenessProbe
    return known('probes', '-', 'livenessProbe')
  }),
  inContainer((container) => {
    container.startupProbe = { tcpSocket: { port: 8080 } }
    return known('probes', '+', 'startupProbe')
  }),
  inContainer((container) => {
    container.args[1] = '--quiet'
    return known('command', '~', 'args[1]')
  }),
  inContainer((container) => {
    container.ports.push({ containerPort: 7070 })
    return known('ports', '+', 'ports[7070/TCP]')
  }),
  inContainer((container) => {
    container.volumeMounts[0].readOnly = true
    return known('volumes', '+', 'volumeMounts[/etc/web].readOnly')
  }),
  inContainer((container) => {
    container.securityContext = { runAsUser: 1000 }
    return known('security', '+', 'securityContext.runAsUser')
  }),
  inPod((spec) => {
    spec.volumes.splice(1, 0, { name: 'data', persistentVolumeClaim: { claimName: 'data' } })
    return known('volumes', '+', 'volumes[data]')
  }),
  inPod((spec) => {
    spec.volumes[0].configMap.name = 'web-2'
    return known('volumes', '~', 'volumes[cfg].configMap.name')
  }),
  inPod((spec) => {
    spec.tolerations.push({ key: 'gpu', operator: 'Exists' })
    return known('scheduling', '+', 'tolerations[2]')
  }),
  inPod((spec) => {
    spec.terminationGracePeriodSeconds = 90
    return known('other', '~', 'terminationGracePeriodSeconds')
  }),
  inPod((spec) => {
    spec.serviceAccountName = 'web-2'
    return known('security', '~', 'serviceAccountName')
  }),
  inPod((spec) => {
    spec.initContainers.reverse()
    return known('containers', '~', 'initContainers.order')
  }),
  (manifest) => {
    manifest.spec.replicas += 3
    return [known('replicas', '~', 'spec.replicas')]
  },
  (manifest) => {
    manifest.spec.template.metadata.labels.tier = 'front'
    return [known('labels', '+', 'spec.template.metadata.labels.tier')]
  },
  (manifest) => {
    delete manifest.metadata.labels.team
    return [known('labels', '-', 'metadata.labels.team')]
  },
  (manifest) => {
    canaryOf(manifest).steps[0] = { setWeight: 10 }
    return [known('strategy', '~', 'spec.strategy.canary.steps[0]')]
  },
  (manifest) => {
    canaryOf(manifest).steps.push({ setWeight: 80 })
    return [known('strategy', '+', 'spec.strategy.canary.steps[4]')]
  },
  (manifest) => {
    canaryOf(manifest).maxSurge = 1
    return [known('strategy', '~', 'spec.strategy.canary.maxSurge')]
  },
  (manifest) => {
    canaryOf(manifest).analysis.templates.unshift({ templateName: 'saturation' })
    return [known('analysis', '+', 'spec.strategy.canary.analysis.templates[saturation]')]
  },
  (manifest) => {
    canaryOf(manifest).canaryService = 'web-next'
    return [known('traffic', '~', 'spec.strategy.canary.canaryService')]
  },
]

/** Other units, another order where none counts, defaults and empty values written out, what a cluster writes by itself. */
export function inOtherWords(manifest: Loose, random: Seeded): Loose {
  const copy = structuredClone(manifest)
  const spec = podOf(copy)
  spec.containers = random.shuffle(spec.containers)
  spec.volumes = random.shuffle(spec.volumes)
  const added = spec.tolerations.slice(2)
  spec.tolerations = [...random.shuffle(spec.tolerations.slice(0, 2)), ...added]
  for (const container of spec.containers) rewriteContainer(container, random)
  if (random.number(2) === 0) copy.spec.template = withDefaults(copy.spec.template as PodTemplateSpec)
  if (random.number(2) === 0) podOf(copy).serviceAccount = podOf(copy).serviceAccountName
  const { metadata } = copy.spec.template
  copy.spec.template.metadata = {
    ...metadata,
    labels: { ...metadata.labels, 'rollouts-pod-template-hash': 'abc' },
    creationTimestamp: null,
  }
  const canary = canaryOf(copy)
  canary.analysis.templates = random.shuffle(canary.analysis.templates)
  const pause = canary.steps.find((step: Loose) => step.pause?.duration === '10m')
  if (pause !== undefined) pause.pause.duration = random.pick(['10m', '600', 600, '600s', '0h10m'])
  if (canary.maxSurge === '25%' && random.number(2) === 0) delete canary.maxSurge
  if (random.number(2) === 0) copy.spec.progressDeadlineSeconds = 600
  copy.metadata = {
    ...copy.metadata,
    uid: `uid-${random.number(1000)}`,
    resourceVersion: '7',
    annotations: { 'rollout.argoproj.io/revision': '3' },
  }
  return reversed(copy)
}

function rewriteContainer(container: Loose, random: Seeded): void {
  for (const list of ['env', 'ports', 'volumeMounts']) container[list] = random.shuffle(container[list])
  for (const bound of ['requests', 'limits']) {
    const amounts = container.resources[bound]
    for (const name of Object.keys(amounts)) amounts[name] = random.pick(otherUnits[amounts[name]] ?? [amounts[name]])
  }
  if (random.number(2) === 0) container.command = null
  if (random.number(2) === 0) container.securityContext ??= {}
  if (random.number(2) === 0) container.stdin = false
}

const otherUnits: Readonly<Record<string, readonly (string | number)[]>> = {
  '500m': ['0.5', 0.5, '500m', '5e-1'],
  '750m': ['0.75', '750m'],
  '2': [2, '2000m', '2'],
  '1Gi': ['1024Mi', '1Gi', '1073741824', 1_073_741_824],
  '2Gi': ['2048Mi', '2Gi', '2147483648'],
  '2049Mi': ['2049Mi', '2148532224'],
}

/** The members of all maps the other way round. */
function reversed(value: Loose): Loose {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, each]) => [name, reversed(each)]),
  )
}
