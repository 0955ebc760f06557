import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { KubeObject } from '#api/meta.ts'
import { resourcePath, resources } from '#api/resources.ts'
import { routeDefinitions } from '#api/route-definitions.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { fleetKubeconfig, type KubeconfigEntry } from '#main/sandbox/fleet-kubeconfig.ts'
import type { Binaries } from './binaries.ts'
import { freePorts } from './free-ports.ts'
import { forwardingNodeOf, nodesOf } from './nodes.ts'
import { podStages } from './pod-stages.ts'
import { end, isRunning, type Started, startDetached } from './process-group.ts'

/** A running cluster, as written to `cluster.json` in its folder. */
export interface TestCluster {
  readonly context: string
  readonly folder: string
  readonly entry: KubeconfigEntry
  readonly processes: readonly Started[]
}

export interface ControlPlaneOptions {
  /**
   * The token of a further user, `audited`, who may do everything as well: what they ask for is in `audit.log`, a line of JSON each.
   * Without one nothing is logged, which is faster.
   */
  readonly auditedToken?: string
}

const readyMsMax = 120_000

/** Controllers of kube-controller-manager that a rollout meets. */
const controllers = [
  'replicaset-controller',
  'deployment-controller',
  'job-controller',
  'garbage-collector-controller',
  'endpoints-controller',
  'endpointslice-controller',
  'namespace-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'disruption-controller',
  'resourcequota-controller',
  'horizontal-pod-autoscaler-controller',
  'pod-garbage-collector-controller',
]

const networkProgram = join(import.meta.dirname, 'cluster-network.ts')
/** In the folder in which both run: the paths of sockets are short. */
const networkSocket = 'network.sock'

/**
 * Starts etcd, API server, controllers, scheduler and KWOK on free loopback ports, and waits until pods can be made. It has the kinds
 * of traffic routers; those of Rollouts are for whoever uses it.
 */
export async function startControlPlane(
  context: string,
  binaries: Binaries,
  folder: string,
  { auditedToken }: ControlPlaneOptions = {},
): Promise<Outcome<TestCluster, string>> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const [etcd = 0, peer = 0, api = 0, kubelet = 0] = await freePorts(4)
  const token = randomBytes(24).toString('hex')
  writeFiles(folder, token)
  if (auditedToken !== undefined) writeAuditFiles(folder, auditedToken)
  const processes: Started[] = []
  const run = (name: keyof Binaries, args: readonly string[]) =>
    processes.push(startDetached(name, binaries[name], args, folder))

  processes.push(startDetached('network', process.execPath, [networkProgram, networkSocket, `${kubelet}`], folder))
  run('etcd', etcdArguments(folder, etcd, peer))
  run('kube-apiserver', [...apiServerArguments(folder, etcd, api), ...auditArguments(folder, auditedToken)])
  const url = `https://127.0.0.1:${api}`
  const cluster = (caData: string): TestCluster => ({
    context,
    folder,
    processes,
    entry: { context, url, token, caData },
  })
  const give = async (why: string) => {
    await stopControlPlane(cluster(''))
    return failure(`${context}: ${why}; its logs are in ${folder}`)
  }
  if (!(await comesTrue(() => isReady(folder, url, token), processes))) return give('the API server does not get ready')
  const ca = readFileSync(join(folder, 'apiserver.crt'))
  const started = cluster(ca.toString('base64'))
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, fleetKubeconfig([started.entry]), { mode: 0o600 })
  run('kube-controller-manager', controllerManagerArguments(folder, kubeconfig))
  run('kube-scheduler', ['--kubeconfig', kubeconfig, '--leader-elect=false', '--secure-port=0'])
  run('kwok', ['--kubeconfig', kubeconfig, '--config', join(folder, 'stages.yaml'), '--manage-all-nodes=true'])
  const refused = await furnish(started, ca, kubelet)
  if (refused !== undefined) return give(refused)
  const hasAccount = () => answers(ca, started.entry, '/api/v1/namespaces/default/serviceaccounts/default')
  if (!(await comesTrue(hasAccount, processes))) return give('the controllers do not start')
  for (const path of routePaths)
    if (!(await comesTrue(() => answers(ca, started.entry, path), processes))) return give(`it does not serve ${path}`)
  writeFileSync(join(folder, 'cluster.json'), JSON.stringify(started), { mode: 0o600 })
  return success(started)
}

/** Ends its processes. Its folder stays, with the logs. */
export async function stopControlPlane({ processes }: TestCluster): Promise<void> {
  await Promise.all(processes.map(end))
}

function writeFiles(folder: string, token: string): void {
  const keys = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const secret = { mode: 0o600 }
  writeFileSync(join(folder, 'service-account.key'), keys.privateKey, secret)
  writeFileSync(join(folder, 'service-account.pub'), keys.publicKey)
  writeFileSync(join(folder, 'tokens.csv'), `${token},admin,admin,"system:masters"\n`, secret)
  writeFileSync(join(folder, 'egress.yaml'), stringify(egress))
  writeFileSync(join(folder, 'stages.yaml'), podStages.map((stage) => stringify(stage, { lineWidth: 0 })).join('---\n'))
}

function writeAuditFiles(folder: string, token: string): void {
  appendFileSync(join(folder, 'tokens.csv'), `${token},audited,audited,"system:masters"\n`)
  writeFileSync(join(folder, 'audit.yaml'), stringify(auditPolicy))
}

/** Who, what and the code of the answer, once it was sent; bodies are left out. */
const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted'],
  rules: [
    { level: 'Metadata', users: ['audited'], verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'] },
    { level: 'None' },
  ],
}

const auditArguments = (folder: string, token: string | undefined): readonly string[] =>
  token === undefined
    ? []
    : [`--audit-policy-file=${join(folder, 'audit.yaml')}`, `--audit-log-path=${join(folder, 'audit.log')}`]

/** By which way the API server reaches Services, pods and nodes. */
const egress = {
  apiVersion: 'apiserver.k8s.io/v1beta1',
  kind: 'EgressSelectorConfiguration',
  egressSelections: [
    { name: 'cluster', connection: { proxyProtocol: 'HTTPConnect', transport: { uds: { udsName: networkSocket } } } },
  ],
}

const etcdArguments = (folder: string, client: number, peer: number): readonly string[] => [
  `--data-dir=${join(folder, 'etcd')}`,
  `--listen-client-urls=http://127.0.0.1:${client}`,
  `--advertise-client-urls=http://127.0.0.1:${client}`,
  `--listen-peer-urls=http://127.0.0.1:${peer}`,
  `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
  `--initial-cluster=default=http://127.0.0.1:${peer}`,
  // Nothing here has to survive a power cut.
  '--unsafe-no-fsync=true',
  '--log-level=warn',
]

const apiServerArguments = (folder: string, etcd: number, port: number): readonly string[] => [
  `--etcd-servers=http://127.0.0.1:${etcd}`,
  '--bind-address=127.0.0.1',
  `--secure-port=${port}`,
  `--cert-dir=${folder}`,
  `--token-auth-file=${join(folder, 'tokens.csv')}`,
  '--authorization-mode=RBAC',
  '--service-account-issuer=https://kubernetes.default.svc',
  `--service-account-key-file=${join(folder, 'service-account.pub')}`,
  `--service-account-signing-key-file=${join(folder, 'service-account.key')}`,
  '--service-cluster-ip-range=10.96.0.0/16',
  `--egress-selector-config-file=${join(folder, 'egress.yaml')}`,
  '--profiling=false',
  // Its taint on a new node is taken off by a controller that is not run here.
  '--disable-admission-plugins=TaintNodesByCondition',
]

const controllerManagerArguments = (folder: string, kubeconfig: string): readonly string[] => [
  '--kubeconfig',
  kubeconfig,
  '--leader-elect=false',
  '--secure-port=0',
  `--controllers=${controllers.join(',')}`,
  `--service-account-private-key-file=${join(folder, 'service-account.key')}`,
  `--root-ca-file=${join(folder, 'apiserver.crt')}`,
  // The API server has no other work: pods should come as fast as it can take them.
  '--kube-api-qps=300',
  '--kube-api-burst=600',
]

/** Asks until it is so. False once the time is up, or one of the programs has ended. */
async function comesTrue(question: () => Promise<boolean>, processes: readonly Started[]): Promise<boolean> {
  const deadline = performance.now() + readyMsMax
  while (performance.now() < deadline && processes.every(isRunning)) {
    if (await question()) return true
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return false
}

async function isReady(folder: string, url: string, token: string): Promise<boolean> {
  try {
    const ca = readFileSync(join(folder, 'apiserver.crt'))
    return await answers(ca, { context: '', url, token, caData: undefined }, '/readyz')
  } catch {
    return false
  }
}

const answers = async (ca: Buffer, entry: KubeconfigEntry, path: string): Promise<boolean> =>
  (await ask(ca, entry, 'GET', path)) === 200

function ask(
  ca: Buffer,
  { url, token }: KubeconfigEntry,
  method: string,
  path: string,
  body?: object,
): Promise<number> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const sent = request(`${url}${path}`, { method, ca, headers, timeout: 5_000 }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sent.on('timeout', () => sent.destroy())
    sent.on('error', () => resolve(0))
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** A definition that was just made is served a moment later. */
const routePaths = routeDefinitions.flatMap(({ spec: { group, names, versions } }) =>
  versions.map(({ name }) => `/apis/${group}/${name}/${names.plural}`),
)

/** Its nodes, and the kinds of traffic routers. What was refused, if anything. */
async function furnish({ context, entry }: TestCluster, ca: Buffer, kubelet: number): Promise<string | undefined> {
  const nodes = nodesOf(context).map((name) => nodeOf(name, name === forwardingNodeOf(context) ? kubelet : undefined))
  const objects = [
    ...nodes.map((node) => ['/api/v1/nodes', node] as const),
    ...routeDefinitions.map((each) => [resourcePath(resources.customResourceDefinitions, {}), each] as const),
  ]
  for (const [path, object] of objects) {
    const status = await ask(ca, entry, 'POST', path, object)
    if (status !== 201) return `${object.kind} ${object.metadata.name} was not created: HTTP ${status}`
  }
  return undefined
}

/** @param kubelet the port of its kubelet; whoever plays the nodes leaves what is there */
function nodeOf(name: string, kubelet: number | undefined): KubeObject & { readonly status: object } {
  const room = { cpu: '64', memory: '256Gi', pods: '1000', 'ephemeral-storage': '1Ti' }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
    },
    status: {
      capacity: room,
      allocatable: room,
      ...(kubelet !== undefined && { daemonEndpoints: { kubeletEndpoint: { Port: kubelet } } }),
    },
  }
}
