import { jobSpec, labelsAndAnnotations } from './pod-template.ts'
import { flag, int64, intOrString, list, map, object, opaque, type Schema, text } from './schema.ts'
import { authentication, headers, web } from './web-metric.ts'

const address = text('Where the server is; as the controller is configured when absent.')
const query = text('The query.')

const prometheus = object('Prometheus, or anything with its HTTP API.', {
  address,
  authentication,
  headers,
  insecure: flag('Does not check the certificate of the server.'),
  query: text('The query, in PromQL.'),
  rangeQuery: object('Asks for a range of time in place of a moment.', {
    end: text('The end, as an expression such as now().'),
    start: text("The beginning, as an expression such as now() - duration('1h')."),
    step: text('The resolution, such as 1m.'),
  }),
  timeout: int64('Seconds to wait for an answer; 30 when absent.'),
})

const datadog = object('Datadog.', {
  aggregator: text('How the values of a v2 answer become one.', {
    enum: ['avg', 'min', 'max', 'sum', 'last', 'percentile', 'mean', 'l2norm', 'area'],
  }),
  apiVersion: text('Which API is asked.', { default: 'v1', enum: ['v1', 'v2'] }),
  formula: text('Combines queries, by their names.'),
  interval: text('How far back to look.', { default: '5m' }),
  queries: map('Several queries, by name.'),
  query,
  requestTimeout: text('How long to wait for an answer, such as 30s.', { default: '10s' }),
  secretRef: object('The Secret with address and keys; the one named datadog when absent.', {
    name: text('Its name.'),
    namespaced: flag('It is in the namespace of the analysis, not in that of the controller.'),
  }),
})

const kayentaScope = (description: string) =>
  object(
    description,
    {
      end: text('The end, as an RFC 3339 time.'),
      region: text('The region.'),
      scope: text('The scope, as Kayenta names it.'),
      start: text('The beginning, as an RFC 3339 time.'),
      step: int64('The resolution in seconds.'),
    },
    ['region', 'scope', 'step'],
  )

const kayenta = object(
  'Kayenta, the automated canary analysis of Spinnaker.',
  {
    address: text('Where the server is.'),
    application: text('The application, as Kayenta names it.'),
    canaryConfigName: text('The canary configuration.'),
    configurationAccountName: text('The account with the configuration.'),
    lookback: flag('Looks at all the time since the beginning, not only at the last interval.'),
    metricsAccountName: text('The account with the metrics.'),
    scopes: list(
      'What is compared with what.',
      object(
        'One comparison.',
        {
          controlScope: kayentaScope('The stable side.'),
          experimentScope: kayentaScope('The canary side.'),
          name: text('Its name.'),
        },
        ['controlScope', 'experimentScope', 'name'],
      ),
    ),
    storageAccountName: text('The account that keeps the results.'),
    threshold: object(
      'Scores.',
      { marginal: int64('Below this score the canary has failed.'), pass: int64('From this score on it has passed.') },
      ['marginal', 'pass'],
    ),
  },
  [
    'address',
    'application',
    'canaryConfigName',
    'configurationAccountName',
    'metricsAccountName',
    'scopes',
    'storageAccountName',
    'threshold',
  ],
)

const metricStat = object('Statistics of one CloudWatch metric.', {
  metric: object('The metric.', {
    dimensions: list(
      'What tells it from others of its name.',
      object('One dimension.', { name: text('Its name.'), value: text('Its value.') }),
    ),
    metricName: text('Its name.'),
    namespace: text('Its namespace.'),
  }),
  period: intOrString('Seconds per data point.'),
  stat: text('The statistic, such as Average or p99.'),
  unit: text('The unit.'),
})

const cloudWatch = object(
  'Amazon CloudWatch.',
  {
    interval: text('How far back to look; 5m when absent.'),
    metricDataQueries: list(
      'The queries.',
      object('One query.', {
        expression: text('An expression over other queries.'),
        id: text('What expressions and conditions call it.'),
        label: text('Its label.'),
        metricStat,
        period: intOrString('Seconds per data point.'),
        returnData: flag('Whether its result is part of the answer.'),
      }),
    ),
  },
  ['metricDataQueries'],
)

const job = object(
  'A Job: it measures by succeeding or failing.',
  {
    metadata: labelsAndAnnotations('Put on the Job.'),
    spec: jobSpec('The Job, as in batch/v1. `kubectl explain job.spec` tells more.'),
  },
  ['spec'],
)

/** Who measures: exactly one of them. */
export const provider: Schema = object('Who measures: exactly one of these.', {
  cloudWatch,
  datadog,
  graphite: object('Graphite.', { address, query }),
  influxdb: object('InfluxDB.', { profile: text('The Secret with address and token; influxdb when absent.'), query }),
  job,
  kayenta,
  newRelic: object(
    'New Relic.',
    {
      profile: text('The Secret with account and key; newrelic when absent.'),
      query: text('The query, in NRQL.'),
      timeout: int64('Seconds to wait for an answer; 5 when absent.'),
    },
    ['query'],
  ),
  plugin: opaque('Providers that are plugins of the controller, with their settings, by name.'),
  prometheus,
  skywalking: object('Apache SkyWalking.', { address, interval: text('How far back to look, such as 5m.'), query }),
  wavefront: object('Wavefront.', { address, query }),
  web,
})
