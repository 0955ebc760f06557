import { describe, expect, it } from 'vitest'
import type { Measurement, Metric } from '#api/analysis.ts'
import type { Http } from '#main/metrics/http/http.ts'
import { providerOf } from '#main/metrics/providers.ts'
import { aWebOfServers } from '#test/support/http-server.ts'
import { aMeasureContext, aMetric, type Surroundings } from '#test/support/measuring.ts'
import type { Answer } from '#test/support/scripted-server.ts'
import { advanceUntil, until } from '#test/support/until.ts'

/** What can become of a question; the server does it to every request of a measurement. */
type Trouble = 'refuses (401)' | 'throttles (429)' | 'breaks (500)' | 'is silent' | 'talks nonsense' | 'is huge'
/** What a provider says of an answer that holds nothing, or no number. */
type Oddity = 'has nothing' | 'has NaN'

/** A provider that measures by one question over HTTP. Add a row for another. */
interface Row {
  readonly name: string
  /** What it asks; it takes `url` for the server. */
  readonly metric: (url: string) => Metric['provider']
  readonly surroundings?: (url: string) => Surroundings
  /** The address it asks where that cannot be chosen. */
  readonly asks?: string
  /** It waits between tries of its own. */
  readonly isPatient?: boolean
  readonly told: Readonly<Record<Trouble, string>>
  /** The body of such an answer, and what is measured: a value that no condition has judged, or the message of an Error. */
  readonly odd: Readonly<
    Record<Oddity, readonly [body: string, outcome: { readonly value: string } | { readonly message: string }]>
  >
}

const shell = (resultType: string, result: unknown): string =>
  JSON.stringify({ status: 'success', data: { resultType, result } })

const chart =
  '/api/v2/chart/api?autoEvents=false&e=1768471200000&g=s&i=true&includeObsoleteMetrics=false&listmode=false&p=1&q=ts%28a%29' +
  '&s=1768471200000&strict=false'

const rows: readonly Row[] = [
  {
    name: 'prometheus',
    metric: (address) => ({ prometheus: { address, query: 'up' } }),
    told: {
      'refuses (401)': 'client_error: client error: 401',
      'throttles (429)': 'client_error: client error: 429',
      'breaks (500)': 'server_error: server error: 500',
      'is silent': 'Post "URL/api/v1/query": context deadline exceeded',
      'talks nonsense': "bad_response: invalid character '<' looking for beginning of value",
      'is huge': 'Post "URL/api/v1/query": the answer is larger than 8 MiB',
    },
    odd: {
      'has nothing': [shell('vector', []), { value: '[]' }],
      'has NaN': [shell('vector', [{ metric: {}, value: [1, 'NaN'] }]), { value: '[NaN]' }],
    },
  },
  {
    name: 'web',
    metric: (url) => ({ web: { url: `${url}/m`, jsonPath: '{$.value}' } }),
    told: {
      'refuses (401)': 'received non 2xx response code: 401',
      'throttles (429)': 'received non 2xx response code: 429',
      'breaks (500)': 'received non 2xx response code: 500',
      'is silent': 'Get "URL/m": context deadline exceeded',
      // The text of a page is a value like any other.
      'talks nonsense': '',
      'is huge': 'Get "URL/m": the answer is larger than 8 MiB',
    },
    odd: {
      'has nothing': ['{}', { message: 'Could not find JSONPath in body: value is not found' }],
      'has NaN': ['NaN', { value: 'NaN' }],
    },
  },
  {
    name: 'graphite',
    metric: (address) => ({ graphite: { address, query: 'target=a' } }),
    told: {
      'refuses (401)': 'error response: no',
      'throttles (429)': 'error response: no',
      'breaks (500)': 'error response: no',
      'is silent': 'Get "URL/render?format=json&target=a": context deadline exceeded',
      'talks nonsense': "invalid character '<' looking for beginning of value",
      'is huge': 'Get "URL/render?format=json&target=a": the answer is larger than 8 MiB',
    },
    odd: {
      'has nothing': ['[]', { message: 'no values found' }],
      'has NaN': ['[{"datapoints":[["NaN",1]]}]', { value: '[NaN]' }],
    },
  },
  {
    name: 'datadog',
    metric: () => ({ datadog: { query: 'a', interval: '5m' } }),
    surroundings: (address) => ({
      secrets: { 'argo-rollouts/datadog': { address, 'api-key': 'k', 'app-key': 'a' } },
    }),
    told: {
      'refuses (401)': 'received authentication error response code: 401 no',
      'throttles (429)': 'received non 2xx response code: 429 no',
      'breaks (500)': 'received non 2xx response code: 500 no',
      'is silent': 'Get "URL/api/v1/query?from=1768470900&query=a&to=1768471200": context deadline exceeded',
      'talks nonsense': "Could not parse JSON body: invalid character '<' looking for beginning of value",
      'is huge': 'Get "URL/api/v1/query?from=1768470900&query=a&to=1768471200": the answer is larger than 8 MiB',
    },
    odd: {
      'has nothing': ['{"series":[]}', { value: '[]' }],
      'has NaN': ['{"series":[{"pointlist":[[1,null]]}]}', { value: '0' }],
    },
  },
  {
    name: 'datadog v2',
    metric: () => ({ datadog: { apiVersion: 'v2', query: 'a', interval: '5m' } }),
    surroundings: (address) => ({
      secrets: { 'argo-rollouts/datadog': { address, 'api-key': 'k', 'app-key': 'a' } },
    }),
    told: {
      'refuses (401)': 'received authentication error response code: 401 no',
      'throttles (429)': 'received non 2xx response code: 429 no',
      'breaks (500)': 'received non 2xx response code: 500 no',
      'is silent': 'Post "URL/api/v2/query/scalar": context deadline exceeded',
      'talks nonsense': "Could not parse JSON body: invalid character '<' looking for beginning of value",
      'is huge': 'Post "URL/api/v2/query/scalar": the answer is larger than 8 MiB',
    },
    odd: {
      'has nothing': ['{}', { value: '[]' }],
      'has NaN': [
        '{"data":{"attributes":{"columns":[{"name":"a","type":"number","values":["NaN"]}]}}}',
        {
          message:
            'could not parse numeric value "\\"NaN\\"" in column "a": json: cannot unmarshal string into Go value of type float64',
        },
      ],
    },
  },
  {
    name: 'kayenta',
    metric: (address) => ({ kayenta: { address, canaryConfigName: 'n', threshold: { pass: 1, marginal: 1 } } }),
    told: {
      'refuses (401)': 'Invalid Response: HTTP 401',
      'throttles (429)': 'Invalid Response: HTTP 429',
      'breaks (500)': 'Invalid Response: HTTP 500',
      'is silent': 'Get "URL/canaryConfig?application=&configurationAccountName=": context deadline exceeded',
      'talks nonsense': "invalid character '<' looking for beginning of value",
      'is huge': 'Get "URL/canaryConfig?application=&configurationAccountName=": the answer is larger than 8 MiB',
    },
    odd: {
      'has nothing': ['[]', { message: 'Canary config not found' }],
      // The same answer to both of its questions.
      'has NaN': ['[{"id":"c","name":"n"}]', { message: 'Invalid canaryExecutionId' }],
    },
  },
  {
    name: 'skywalking',
    metric: (address) => ({ skywalking: { address, query: 'query', interval: '3m' } }),
    told: {
      'refuses (401)': "decoding response: invalid character 'o' in a JSON value",
      'throttles (429)': "decoding response: invalid character 'o' in a JSON value",
      'breaks (500)': "decoding response: invalid character 'o' in a JSON value",
      'is silent': 'Post "URL/graphql": context deadline exceeded',
      'talks nonsense': "decoding response: invalid character '<' looking for beginning of value",
      'is huge': 'Post "URL/graphql": the answer is larger than 8 MiB',
    },
    odd: {
      'has nothing': ['{"data":null}', { message: 'no results returned from SkyWalking query' }],
      'has NaN': ['{"data":{"value":null}}', { value: '{"value":null}' }],
    },
  },
  {
    name: 'influxdb',
    metric: () => ({ influxdb: { query: 'from()' } }),
    surroundings: (address) => ({ secrets: { 'argo-rollouts/influxdb': { address, authToken: 't', org: 'o' } } }),
    told: {
      'refuses (401)': '401 Unauthorized: no',
      'throttles (429)': '429 Too Many Requests: no',
      'breaks (500)': '500 Internal Server Error: no',
      'is silent': 'Post "URL/api/v2/query?org=o": context deadline exceeded',
      'talks nonsense': 'no results returned from flux query',
      'is huge': 'Post "URL/api/v2/query?org=o": the answer is larger than 8 MiB',
    },
    odd: {
      'has nothing': ['', { message: 'no results returned from flux query' }],
      'has NaN': ['#datatype,string,long,double\n,result,table,_value\n,,0,NaN\n', { value: '[NaN]' }],
    },
  },
  {
    name: 'wavefront',
    metric: () => ({ wavefront: { address: 'wavefront.test', query: 'ts(a)' } }),
    surroundings: () => ({ secrets: { 'argo-rollouts/wavefront-api-tokens': { 'wavefront.test': 't' } } }),
    asks: 'https://wavefront.test',
    told: {
      'refuses (401)': 'server returned 401 Unauthorized\nno\n',
      'throttles (429)': 'server returned 429 Too Many Requests\nno\n',
      'breaks (500)': 'server returned 500 Internal Server Error\nno\n',
      'is silent': `Get "URL${chart}": context deadline exceeded`,
      'talks nonsense': "invalid character '<' looking for beginning of value",
      'is huge': `Get "URL${chart}": the answer is larger than 8 MiB`,
    },
    odd: {
      'has nothing': ['{}', { message: 'No TimeSeries found in response from Wavefront' }],
      'has NaN': ['{"timeseries":[{"data":[]}]}', { value: '0.00' }],
    },
  },
  {
    name: 'newRelic',
    metric: () => ({ newRelic: { query: 'SELECT 1' } }),
    surroundings: (url) => ({
      secrets: {
        'argo-rollouts/newrelic': {
          'personal-api-key': 'k',
          'account-id': '1',
          'base-url-nerdgraph': `${url}/graphql`,
        },
      },
    }),
    isPatient: true,
    told: {
      'refuses (401)': '401 response returned',
      'throttles (429)': 'POST URL/graphql giving up after 4 attempt(s)',
      'breaks (500)': 'POST URL/graphql giving up after 4 attempt(s)',
      'is silent': 'POST URL/graphql giving up after 4 attempt(s): Post "URL/graphql": context deadline exceeded',
      'talks nonsense': "invalid character '<' looking for beginning of value",
      'is huge': 'POST URL/graphql giving up after 4 attempt(s): Post "URL/graphql": the answer is larger than 8 MiB',
    },
    odd: {
      'has nothing': [
        '{"data":{"actor":{"account":{"nrql":{"results":[]}}}}}',
        { message: 'no results returned from NRQL query' },
      ],
      'has NaN': ['{"data":{"actor":{"account":{"nrql":{"results":[{"a":null}]}}}}}', { value: '{"a":null}' }],
    },
  },
]

const huge = Buffer.alloc(9 * 2 ** 20, ' ')

const troubles: Readonly<Record<Trouble, Answer>> = {
  'refuses (401)': (_, reply) => reply.text(401, 'no'),
  'throttles (429)': (_, reply) => reply.text(429, 'no'),
  'breaks (500)': (_, reply) => reply.text(500, 'no'),
  'is silent': () => undefined,
  'talks nonsense': (_, reply) => reply.text(200, '<html>'),
  'is huge': (_, reply) => void reply.raw(200, {}).end(huge),
}
const troubleNames = Object.keys(troubles) as readonly Trouble[]
const oddities = ['has nothing', 'has NaN'] as const

const web = aWebOfServers()

/** The measurement over real HTTP, and where it was asked; time passes for as long as it takes. */
async function measured(
  row: Row,
  answer: Answer,
): Promise<{ readonly measurement: Measurement; readonly url: string }> {
  const { url } = await web.server(answer)
  const { http, clock } = web.client()
  const asked: Http = (call) => http({ ...call, url: call.url.replace(row.asks ?? url, url) })
  const context = aMeasureContext({ clock, ...row.surroundings?.(url), http: asked })
  const metric = aMetric(row.metric(url))
  const provider = providerOf(metric)
  const measuring = provider.ok ? await provider.value(metric, context) : provider
  if (!measuring.ok) throw new Error(measuring.error)
  let measurement: Measurement | undefined
  void measuring.value.run().then((done) => (measurement = done))
  const isMeasured = () => measurement !== undefined
  // Time goes on only where it must, and slowly where an answer comes: none may be too late on a busy machine.
  if (answer === troubles['is silent']) await advanceUntil(clock, 'measured', isMeasured)
  else if (row.isPatient === true) await advanceUntil(clock, 'measured', isMeasured, 50)
  else await until('measured', isMeasured)
  return { measurement: measurement ?? { phase: 'Pending' }, url }
}

describe.each(rows)('$name', (row) => {
  it.each(troubleNames.filter((each) => row.told[each] !== ''))(
    'PRV-106: a server that %s is an Error',
    async (trouble) => {
      const { measurement, url } = await measured(row, troubles[trouble])
      expect(measurement).toMatchObject({
        phase: 'Error',
        message: row.told[trouble].replaceAll('URL', url),
        finishedAt: expect.stringMatching(/Z$/),
      })
      expect(measurement.value).toBeUndefined()
    },
  )

  it.each(oddities)('PRV-1401: an answer that %s', async (oddity) => {
    const [body, outcome] = row.odd[oddity]
    const { measurement } = await measured(row, (_, reply) => reply.text(200, body))
    expect(measurement).toMatchObject({ phase: 'message' in outcome ? 'Error' : 'Successful', ...outcome })
  })
})
