import { flag, intOrString, list, object, opaque, type Schema, text } from '../schema.ts'

/* What gateways read that have kinds of their own: Ambassador (Emissary), Traefik, APISIX and the AWS Load Balancer Controller. */

const opaqueList = list('', opaque())

/** The many other fields of a Mapping are kept as they are. */
export const mappingSpec: Schema = {
  ...object(
    '',
    {
      host: text(),
      hostname: text(),
      prefix: text('Of the paths it is for.'),
      service: text('Where requests go.'),
      weight: { type: 'integer', description: 'Percentage of the requests; those without one share the rest.' },
    },
    ['prefix', 'service'],
  ),
  'x-kubernetes-preserve-unknown-fields': true,
}

const traefikTarget = {
  name: text(),
  kind: text('', { enum: ['Service', 'TraefikService'] }),
  namespace: text(),
  port: intOrString(),
  scheme: text(),
  strategy: text(),
  serversTransport: text(),
  passHostHeader: flag(),
  nativeLB: flag(),
  nodePortLB: flag(),
  healthCheck: opaque(),
  passiveHealthCheck: opaque(),
  responseForwarding: opaque(),
  sticky: opaque(),
  middlewares: opaqueList,
  weight: { type: 'integer', minimum: 0 },
}

export const traefikServiceSpec = object('', {
  weighted: object('Where requests go, by weight.', {
    services: list('', object('', traefikTarget, ['name'])),
    sticky: opaque(),
  }),
  mirroring: {
    ...object('Where requests go, and where copies of them go.', { name: text() }, ['name']),
    'x-kubernetes-preserve-unknown-fields': true,
  },
  highestRandomWeight: opaque(),
  failover: opaque(),
})

const apisixBackend = object(
  '',
  {
    serviceName: text(),
    servicePort: intOrString(),
    resolveGranularity: text(),
    subset: text(),
    weight: { type: 'integer' },
  },
  ['serviceName', 'servicePort'],
)

const apisixMatch = object(
  'Requests that fulfil all of it.',
  {
    paths: list('', text()),
    hosts: list('', text()),
    methods: list('', text()),
    remoteAddrs: list('', text()),
    exprs: list(
      '',
      object(
        '',
        {
          subject: object('', { scope: text(), name: text() }, ['name', 'scope']),
          op: text(),
          set: list('', text()),
          value: text(),
        },
        ['op', 'subject'],
      ),
    ),
    filter_func: text(),
  },
  ['paths'],
)

const apisixRule = {
  ...object('', {
    name: text(),
    priority: { type: 'integer', description: 'The highest that fits decides.' },
    match: apisixMatch,
    backends: list('Where requests go, by weight.', apisixBackend),
    plugins: list(
      '',
      object('', { name: text(), enable: { ...flag(), default: true }, config: opaque(), secretRef: text() }, [
        'name',
        'enable',
      ]),
    ),
  }),
  'x-kubernetes-preserve-unknown-fields': true,
}

export const apisixRouteSpec = object('', {
  ingressClassName: text(),
  http: list('', apisixRule),
  stream: opaqueList,
})

export const targetGroupBindingSpec: Schema = {
  ...object(
    '',
    {
      targetGroupARN: text(),
      targetType: text('', { enum: ['instance', 'ip'] }),
      serviceRef: object('', { name: text(), port: intOrString() }, ['name', 'port']),
      networking: opaque(),
      nodeSelector: opaque(),
      ipAddressType: text(),
      vpcID: text(),
      multiClusterTargetGroup: flag(),
      targetGroupProtocol: text(),
    },
    ['serviceRef', 'targetGroupARN'],
  ),
}
