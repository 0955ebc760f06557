import { type Fields, isFields, mapField, mapItems, withDefaults } from './fields.ts'

/** What the API server writes into a pod template it is given (the defaulting that REC-45 undoes). */
export function defaultPodTemplate(template: Fields): Fields {
  return mapField(template, 'spec', defaultPodSpec)
}

export function defaultPodSpec(spec: Fields): Fields {
  const withAccount =
    spec['serviceAccountName'] === undefined ? spec : withDefaults(spec, { serviceAccount: spec['serviceAccountName'] })
  const lists = ['containers', 'initContainers', 'ephemeralContainers'].reduce(
    (each, list) => mapItems(each, list, defaultContainer),
    withDefaults(withAccount, {
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
    }),
  )
  return mapItems(lists, 'volumes', defaultVolume)
}

/** What only Pod objects get: service links, and requests copied from limits. */
export function defaultPod(spec: Fields): Fields {
  const requestsFromLimits = (container: Fields) =>
    mapField(container, 'resources', (all) =>
      isFields(all['limits']) ? { ...all, requests: { ...all['limits'], ...(all['requests'] as Fields) } } : all,
    )
  return mapItems(withDefaults(defaultPodSpec(spec), { enableServiceLinks: true }), 'containers', requestsFromLimits)
}

function defaultContainer(container: Fields): Fields {
  const base = withDefaults(container, {
    imagePullPolicy: pullPolicy(container['image']),
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  })
  const probed = ['livenessProbe', 'readinessProbe', 'startupProbe'].reduce(
    (each, name) => mapField(each, name, defaultProbe),
    base,
  )
  const hooks = mapField(probed, 'lifecycle', (all) =>
    ['postStart', 'preStop'].reduce((each, name) => mapField(each, name, defaultHttpGet), all),
  )
  const ports = mapItems(hooks, 'ports', (port) => withDefaults(port, { protocol: 'TCP' }))
  return mapItems(ports, 'env', (variable) => mapField(variable, 'valueFrom', defaultFieldRef))
}

/** `Always` for `latest` and for an image with neither tag nor digest. */
function pullPolicy(image: unknown): 'Always' | 'IfNotPresent' {
  if (typeof image !== 'string') return 'Always'
  if (image.includes('@')) return 'IfNotPresent'
  const tag = /:([^/:]+)$/.exec(image)?.[1] ?? 'latest'
  return tag === 'latest' ? 'Always' : 'IfNotPresent'
}

function defaultProbe(probe: Fields): Fields {
  const timing = withDefaults(probe, { failureThreshold: 3, periodSeconds: 10, successThreshold: 1, timeoutSeconds: 1 })
  return mapField(defaultHttpGet(timing), 'grpc', (grpc) => withDefaults(grpc, { service: '' }))
}

const defaultHttpGet = (handler: Fields): Fields =>
  mapField(handler, 'httpGet', (get) => withDefaults(get, { path: '/', scheme: 'HTTP' }))

const defaultFieldRef = (source: Fields): Fields =>
  mapField(source, 'fieldRef', (ref) => withDefaults(ref, { apiVersion: 'v1' }))

const octal0644 = 420

function defaultVolume(volume: Fields): Fields {
  if (Object.keys(volume).every((name) => name === 'name')) return { ...volume, emptyDir: {} }
  const modes = ['secret', 'configMap', 'downwardAPI', 'projected'].reduce(
    (each, name) => mapField(each, name, (source) => withDefaults(source, { defaultMode: octal0644 })),
    volume,
  )
  const downward = mapField(modes, 'downwardAPI', (source) => mapItems(source, 'items', defaultFieldRef))
  const projected = mapField(downward, 'projected', (source) => mapItems(source, 'sources', defaultProjection))
  return mapField(projected, 'hostPath', (source) => withDefaults(source, { type: '' }))
}

const defaultProjection = (source: Fields): Fields =>
  mapField(
    mapField(source, 'downwardAPI', (downward) => mapItems(downward, 'items', defaultFieldRef)),
    'serviceAccountToken',
    (token) => withDefaults(token, { expirationSeconds: 3600 }),
  )
