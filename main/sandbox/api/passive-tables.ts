import type { KubeObject } from '#api/meta.ts'
import { type Fields, fieldAt, textOf } from '../registry/fields.ts'
import { ageOf, type BuiltInTable, count, itemsAt, name, none, plain, table, wide } from './table-columns.ts'

/** Tables of the kinds that are stored and not acted on, by group and plural. */
export const passiveTables: Readonly<Record<string, BuiltInTable>> = {
  'apps/daemonsets': table(
    name,
    ...(['Desired', 'Current', 'Ready', 'Up-to-date', 'Available'] as const).map((title) => count(title, () => 0)),
    plain('Node Selector', () => none),
    ageOf,
  ),
  'apps/statefulsets': table(
    name,
    plain('Ready', (each) => `0/${at(each, 'replicas') || 0}`),
    ageOf,
  ),
  'autoscaling/horizontalpodautoscalers': table(
    name,
    plain('Reference', (each) => `${at(each, 'scaleTargetRef', 'kind')}/${at(each, 'scaleTargetRef', 'name')}`),
    plain('Targets', autoscalerTargets),
    plain('MinPods', (each) => at(each, 'minReplicas') || '<unset>'),
    count('MaxPods', (each) => fieldAt(each, ['spec', 'maxReplicas']) ?? 0),
    count('Replicas', (each) => fieldAt(each, ['status', 'currentReplicas']) ?? 0),
    ageOf,
  ),
  'batch/cronjobs': table(
    name,
    plain('Schedule', (each) => at(each, 'schedule')),
    plain('Timezone', (each) => at(each, 'timeZone') || none),
    plain('Suspend', (each) => (fieldAt(each, ['spec', 'suspend']) === true ? 'True' : 'False')),
    count('Active', (each) => itemsAt(each, 'status', 'active').length),
    plain('Last Schedule', () => none),
    ageOf,
  ),
  'networking.k8s.io/ingressclasses': table(
    name,
    plain('Controller', (each) => at(each, 'controller')),
    plain('Parameters', classParameters),
    ageOf,
  ),
  'networking.k8s.io/ingresses': table(
    name,
    plain('Class', (each) => at(each, 'ingressClassName') || none),
    plain('Hosts', ingressHosts),
    plain('Address', (each) =>
      joined(
        itemsAt(each, 'status', 'loadBalancer', 'ingress').map(({ ip, hostname }) => textOf(ip) || textOf(hostname)),
      ),
    ),
    plain('Ports', (each) => (itemsAt(each, 'spec', 'tls').length > 0 ? '80, 443' : '80')),
    ageOf,
  ),
  'policy/poddisruptionbudgets': table(
    name,
    plain('Min Available', (each) => at(each, 'minAvailable') || 'N/A'),
    plain('Max Unavailable', (each) => at(each, 'maxUnavailable') || 'N/A'),
    count('Allowed Disruptions', (each) => fieldAt(each, ['status', 'disruptionsAllowed']) ?? 0),
    ageOf,
  ),
  'rbac.authorization.k8s.io/clusterrolebindings': bindings('ClusterRole'),
  'rbac.authorization.k8s.io/rolebindings': bindings('Role'),
}

function bindings(defaultKind: string): BuiltInTable {
  const subjects = (kind: string) => (each: KubeObject) =>
    joined(
      itemsAt(each, 'subjects')
        .filter((subject) => subject['kind'] === kind)
        .map(subjectName),
    )
  return table(
    name,
    plain('Role', (each) => {
      const kind = textOf(fieldAt(each, ['roleRef', 'kind'])) || defaultKind
      return `${kind}/${textOf(fieldAt(each, ['roleRef', 'name']))}`
    }),
    ageOf,
    wide('Users', subjects('User')),
    wide('Groups', subjects('Group')),
    wide('ServiceAccounts', subjects('ServiceAccount')),
  )
}

/** The first three, and of how many rules more there may be others. */
function ingressHosts(each: KubeObject): string {
  const rules = itemsAt(each, 'spec', 'rules')
  const hosts = rules.map((rule) => textOf(rule['host'])).filter((host) => host !== '')
  if (hosts.length === 0) return '*'
  return hosts.length > 3 ? `${joined(hosts.slice(0, 3))} + ${rules.length - 3} more...` : joined(hosts)
}

function classParameters(each: KubeObject): string {
  const [group, kind, of] = ['apiGroup', 'kind', 'name'].map((field) => at(each, 'parameters', field))
  if (kind === '') return none
  return group === '' ? `${kind}/${of}` : `${kind}.${group}/${of}`
}

const subjectName = ({ namespace, name: of }: Fields): string =>
  namespace === undefined ? textOf(of) : `${textOf(namespace)}/${textOf(of)}`

/** The first metric and how many more; what they measure now is not known here. */
function autoscalerTargets(each: KubeObject): string {
  const shown = itemsAt(each, 'spec', 'metrics').map((metric) => {
    const resource = textOf(fieldAt(metric, ['resource', 'name']))
    const use = textOf(fieldAt(metric, ['resource', 'target', 'averageUtilization']))
    return use === '' ? `${resource}: <unknown>/<auto>` : `${resource}: <unknown>/${use}%`
  })
  return joined(shown) || none
}

const at = (object: KubeObject, ...path: readonly string[]): string => textOf(fieldAt(object, ['spec', ...path]))

const joined = (texts: readonly string[]): string => texts.join(',')
