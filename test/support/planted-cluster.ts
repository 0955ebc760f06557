import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { aNamespace, type Manifest, place } from '#main/sandbox/bootstrap.ts'
import type { SandboxCluster } from '#main/sandbox/start-fleet.ts'
import type { PlantedSecrets } from './planted-secrets.ts'

const namespace = 'shop'
const base64 = (text: string): string => Buffer.from(text).toString('base64')
/** A plain value: it is to be seen. */
export const plainLevel = 'debug-in-plain-sight'

/** A pod template with a secret wherever one can stand. */
function templateOf(version: string, { value }: PlantedSecrets): Rollout['spec']['template'] {
  return {
    metadata: { labels: { app: 'web' }, annotations: { 'vault/token': value('annotation', 'unicode') } },
    spec: {
      containers: [
        {
          name: 'web',
          image: `registry/web:${version}`,
          env: [
            { name: 'LOG_LEVEL', value: plainLevel },
            { name: 'DB_PASSWORD', value: value('envquotes', 'quotes') },
            { name: 'API_TOKEN', value: value('envlines', 'lines') },
            { name: 'SESSION_SECRET', value: value('envunicode', 'unicode') },
            { name: 'SIGNING_KEY', value: value('envbase', 'base64') },
            { name: 'DATABASE_URL', value: `postgres://shop:${value('envurl')}@db/shop` },
            { name: 'FROM_SECRET', valueFrom: { secretKeyRef: { name: 'web-secret', key: 'password' } } },
          ],
          envFrom: [{ secretRef: { name: 'web-secret' } }, { configMapRef: { name: 'web-config' } }],
          command: ['sh', '-c', `curl -H "Authorization: Bearer ${value('command')}" http://warm; exec web`],
          args: [`--token=${value('flag', 'quotes')}`, '--password', value('nextflag', 'lines'), '--port=80'],
          livenessProbe: {
            httpGet: {
              path: '/',
              port: 80,
              httpHeaders: [{ name: 'Authorization', value: `Basic ${value('probe')}` }],
            },
          },
        },
      ],
      volumes: [
        { name: 'secret', secret: { secretName: 'web-secret' } },
        { name: 'config', configMap: { name: 'web-config' } },
      ],
    },
  }
}

const secret = (name: string, data: Readonly<Record<string, string>>, where = namespace): Manifest => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: where },
  data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, base64(text)])),
})

const configMap = (name: string, data: Readonly<Record<string, string>>, where = namespace): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: where },
  data,
})

/** Measures with every credential that a web metric can have; `server` answers one with them, refuses the other. */
function templateOfAnalysis(server: string, { value }: PlantedSecrets): Manifest {
  const web = (path: string) => ({
    url: `${server}/${path}?token={{args.api-token}}`,
    method: 'POST',
    headers: [
      { key: 'Authorization', value: 'Bearer {{args.api-token}}' },
      { key: 'X-Api-Key', value: value('metricheader') },
    ],
    body: `{"password": "${value('metricbody')}"}`,
    jsonPath: '{$.answer}',
  })
  const forever = { interval: '1s', failureLimit: 99, consecutiveErrorLimit: 99 }
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: 'checks', namespace },
    spec: {
      args: [
        { name: 'api-token', valueFrom: { secretKeyRef: { name: 'web-secret', key: 'api-token' } } },
        { name: 'client-secret', value: value('argument') },
      ],
      metrics: [
        { name: 'answers', ...forever, successCondition: 'true', provider: { web: web('measure') } },
        { name: 'refused', ...forever, provider: { web: web('refuse') } },
        {
          name: 'signed',
          ...forever,
          provider: {
            web: {
              url: `${server}/measure?client={{args.client-secret}}`,
              jsonPath: '{$.answer}',
              authentication: {
                oauth2: { tokenUrl: `${server}/oauth`, clientId: 'web', clientSecret: value('oauth') },
              },
            },
          },
        },
        {
          name: 'asked',
          ...forever,
          provider: { prometheus: { address: `${server}/prometheus`, query: 'up{of="{{args.client-secret}}"}' } },
        },
      ],
    },
  }
}

const strategy: Rollout['spec']['strategy'] = {
  canary: {
    steps: [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }],
    analysis: { templates: [{ templateName: 'checks' }] },
  },
}

function rolloutOf(version: string, planted: PlantedSecrets): Rollout {
  const spec = {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: templateOf(version, planted),
    strategy,
  }
  const metadata = { name: 'web', namespace }
  const head = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' } as const
  const applied = JSON.stringify({ ...head, metadata, spec })
  return {
    ...head,
    metadata: { ...metadata, annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `${applied}\n` } },
    spec,
  } as Rollout
}

/** What tells of a release by a webhook that has a credential in its address and its headers, and refuses. */
const notifications = (server: string): Readonly<Record<string, string>> => ({
  'service.webhook.hook': [
    `url: ${server}/hook?token=$hook-token`,
    'retryMax: 0',
    'headers:',
    '- name: Authorization',
    '  value: Bearer $hook-token',
    'basicAuth:',
    '  username: argosy',
    '  password: $hook-password',
  ].join('\n'),
  'template.told': 'message: told\nwebhook:\n  hook:\n    method: POST\n    body: "{{.rollout.metadata.name}}"',
  'trigger.on-rollout-updated': '- send: [told]',
  'trigger.on-rollout-step-completed': '- send: [told]',
  subscriptions: '- recipients: [hook]\n  triggers: [on-rollout-updated, on-rollout-step-completed]',
})

/** Places a Rollout with all that it refers to, full of secrets. */
export function plantInCluster({ store }: SandboxCluster, server: string, planted: PlantedSecrets): void {
  const { value } = planted
  place(store, resources.namespaces, aNamespace(namespace))
  const credentials = {
    password: value('secretdata', 'quotes'),
    'settings.yaml': value('secretlines', 'lines'),
    'api-token': value('secretargument'),
  }
  place(store, resources.secrets, secret('web-secret', credentials))
  const properties = `db.password=${value('configmap', 'quotes')}\nmode=fast\nauth: Bearer ${value('configmapline')}`
  place(store, resources.configMaps, configMap('web-config', { 'app.properties': properties, level: plainLevel }))
  const hook = { 'hook-token': value('hook'), 'hook-password': value('hookpassword') }
  place(store, resources.secrets, secret('argo-rollouts-notification-secret', hook, 'argo-rollouts'))
  place(
    store,
    resources.configMaps,
    configMap('argo-rollouts-notification-configmap', notifications(server), 'argo-rollouts'),
  )
  place(store, resources.analysisTemplates, templateOfAnalysis(server, planted))
  place(store, resources.rollouts, rolloutOf('1.0.0', planted))
}

/** Asks for another version, with other secrets, and lets others talk about it. */
export function releaseInCluster({ store }: SandboxCluster, planted: PlantedSecrets): void {
  const at = { namespace, name: 'web' }
  const { spec, metadata } = rolloutOf('2.0.0', planted)
  const change = (rollout: Rollout): Rollout => ({
    ...rollout,
    metadata: { ...rollout.metadata, annotations: { ...rollout.metadata.annotations, ...metadata.annotations } },
    spec,
  })
  const changed = store.mutate(resources.rollouts, at, change)
  if (!changed.ok) throw new Error(changed.error.message)
  const rollout = store.get(resources.rollouts, at)
  const texts = [
    `cannot sign in: token="${planted.value('event', 'address')}"`,
    `Back-off: {"password": "${planted.value('eventjson', 'quotes').replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"}`,
    `401 for Authorization: Bearer ${planted.value('eventbearer')}`,
  ]
  for (const [index, message] of texts.entries()) {
    const now = new Date().toISOString()
    place(store, resources.events, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `web.${index}`, namespace },
      involvedObject: {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Rollout',
        namespace,
        name: 'web',
        uid: rollout?.metadata.uid,
      },
      type: 'Warning',
      reason: 'Failed',
      message,
      source: { component: 'sidecar' },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    } as Manifest)
  }
}
