import type { PodTemplateSpec } from '#api/core.ts'
import { isRecord } from '#engine/normalise/typed-value.ts'
import { roundUpToMilli } from '#lib/quantity.ts'

/*
 * What the API server fills in when it stores a pod template (REC-45). Needed because an undo brings back a template with
 * these values in place, which must still be recognised as the one it came from.
 */

type Node = Readonly<Record<string, unknown>>
type Change = (node: Node) => Node

const pipe =
  (...changes: readonly Change[]): Change =>
  (node) =>
    changes.reduce((current, change) => change(current), node)

/** Fills in what is absent. */
const defaults =
  (values: Node): Change =>
  (node) => ({ ...values, ...node })

/** Applies `change` to a member that is present. */
const within =
  (name: string, change: Change): Change =>
  (node) => {
    const member = node[name]
    return isRecord(member) ? { ...node, [name]: change(member) } : node
  }

const each =
  (name: string, change: Change): Change =>
  (node) => {
    const members = node[name]
    if (!Array.isArray(members)) return node
    return { ...node, [name]: members.map((member) => (isRecord(member) ? change(member) : member)) }
  }

const roundQuantities: Change = (list) =>
  Object.fromEntries(
    Object.entries(list).map(([name, value]) => [name, typeof value === 'string' ? roundUpToMilli(value) : value]),
  )

const resources = within('resources', pipe(within('limits', roundQuantities), within('requests', roundQuantities)))
const httpGet = within('httpGet', defaults({ path: '/', scheme: 'HTTP' }))
const fieldRef = within('fieldRef', defaults({ apiVersion: 'v1' }))
const defaultMode = defaults({ defaultMode: 0o644 })

const probe = pipe(
  defaults({ timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
  httpGet,
  within('grpc', defaults({ service: '' })),
)

const container = pipe(
  (node) => ({ imagePullPolicy: pullPolicyOf(typeof node['image'] === 'string' ? node['image'] : ''), ...node }),
  defaults({ terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' }),
  each('ports', defaults({ protocol: 'TCP' })),
  within('livenessProbe', probe),
  within('readinessProbe', probe),
  within('startupProbe', probe),
  within('lifecycle', pipe(within('postStart', httpGet), within('preStop', httpGet))),
  each('env', within('valueFrom', pipe(fieldRef, within('fileKeyRef', defaults({ optional: false }))))),
  resources,
)

const downwardItems = each('items', fieldRef)

const volume = pipe(
  (node) => (Object.keys(node).every((key) => key === 'name') ? { ...node, emptyDir: {} } : node),
  within('secret', defaultMode),
  within('configMap', defaultMode),
  within('downwardAPI', pipe(defaultMode, downwardItems)),
  within(
    'projected',
    pipe(
      defaultMode,
      each(
        'sources',
        pipe(
          within('downwardAPI', downwardItems),
          within('serviceAccountToken', defaults({ expirationSeconds: 3600 })),
        ),
      ),
    ),
  ),
  within('hostPath', defaults({ type: '' })),
  within(
    'ephemeral',
    within('volumeClaimTemplate', within('spec', pipe(defaults({ volumeMode: 'Filesystem' }), resources))),
  ),
  within('iscsi', defaults({ iscsiInterface: 'default' })),
  within('rbd', defaults({ pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' })),
  within('azureDisk', defaults({ cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' })),
  within('scaleIO', defaults({ storageMode: 'ThinProvisioned', fsType: 'xfs' })),
)

const podSpec = pipe(
  defaults({
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    schedulerName: 'default-scheduler',
  }),
  each('containers', container),
  each('initContainers', container),
  each('ephemeralContainers', container),
  each('volumes', volume),
  within('overhead', roundQuantities),
  resources,
)

/** The template with the API server's defaults (REC-45). `template` must be normalised: no nulls, no empty texts. */
export const withDefaults = (template: PodTemplateSpec): PodTemplateSpec => ({
  ...template,
  spec: podSpec(template.spec ?? {}) as PodTemplateSpec['spec'] & object,
})

/** `Always` for the tag `latest`, be it written or, without a digest, meant; anything else is pulled once. */
function pullPolicyOf(image: string): 'Always' | 'IfNotPresent' {
  const [name = '', digest] = image.split('@')
  const lastPart = name.slice(name.lastIndexOf('/') + 1)
  const implied = digest === undefined ? 'latest' : ''
  const tag = lastPart.includes(':') ? lastPart.slice(lastPart.indexOf(':') + 1) : implied
  return tag === 'latest' ? 'Always' : 'IfNotPresent'
}
