import { describe, expect, it } from 'vitest'
import type { AwsQuestions } from '#engine/traffic/alb/aws-answers.ts'
import { verifyWeight } from '#engine/traffic/alb/verify-weight.ts'
import { askElasticLoadBalancing } from '#main/aws/elastic-load-balancing.ts'
import { aRollout, setWeight } from '#test/support/builders/rollout.ts'
import { aRouteObject, aRouterRequest, aRouteTable } from '#test/support/builders/routing.ts'
import {
  awsError,
  type FakeAccount,
  type FakeLoadBalancer,
  fakeLoadBalancing,
} from '#test/support/fake-load-balancing.ts'
import { aWebOfServers } from '#test/support/http-server.ts'
import type { Answer, ScriptedServer } from '#test/support/scripted-server.ts'
import { until } from '#test/support/until.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

/** The SDK of AWS against a server that speaks what it speaks. */
const web = aWebOfServers()

function ask(server: Pick<ScriptedServer, 'url'>, questions: Partial<AwsQuestions>, clock = new VirtualClock()) {
  const env = {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKID',
    AWS_SECRET_ACCESS_KEY: 's3cr3t',
    AWS_SESSION_TOKEN: 't0k3n',
    AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2: server.url,
  }
  return askElasticLoadBalancing({ hostNames: [], targetGroups: [], ...questions }, { clock, env })
}
const serve = (account: FakeAccount) => web.server(fakeLoadBalancing(account))

const formOf = ({ body }: { readonly body: string }) => new URLSearchParams(body)
const actionsOf = (server: ScriptedServer) => server.requests.map((request) => formOf(request).get('Action'))
/** Answers as the account would, but for one operation. */
const except = (action: string, answer: Answer, account: FakeAccount): Answer => {
  const otherwise = fakeLoadBalancing(account)
  return (request, reply) => (formOf(request).get('Action') === action ? answer : otherwise)(request, reply)
}
const refused: Answer = (_request, reply) =>
  reply.text(403, awsError('AccessDenied', 'User is not authorized'), { 'Content-Type': 'text/xml' })
const refusal = (operation: string) =>
  `operation error Elastic Load Balancing v2: ${operation}, https response error StatusCode: 403, AccessDenied: User is not authorized`

const tagKey = 'ingress.k8s.aws/resource'
const groupArn = (name: string) => `arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/${name}/1`
const [canary, stable] = [groupArn('canary'), groupArn('stable')]
const balancer: FakeLoadBalancer = {
  arn: 'arn:aws:elasticloadbalancing:eu-central-1:1:loadbalancer/app/web/50dc',
  name: 'web',
  dnsName: 'web-1.elb.amazonaws.com',
  targetGroups: [
    { arn: canary, name: 'canary', tags: { [tagKey]: 'shop/front-web-canary:80', team: 'a&b' } },
    { arn: stable, name: 'stable', tags: { [tagKey]: 'shop/front-web-stable:80' } },
    { arn: groupArn('spare'), name: 'spare' },
  ],
  listeners: [
    [
      [
        { arn: canary, weight: 20 },
        { arn: stable, weight: 80 },
      ],
      [],
    ],
  ],
}
const other: FakeLoadBalancer = { arn: 'arn:other', name: 'other', dnsName: 'other-1.elb.amazonaws.com' }
const found = {
  arn: balancer.arn,
  name: 'web',
  targetGroups: {
    ok: true,
    value: [
      { arn: canary, name: 'canary', tags: { [tagKey]: 'shop/front-web-canary:80', team: 'a&b' }, weight: 20 },
      { arn: stable, name: 'stable', tags: { [tagKey]: 'shop/front-web-stable:80' }, weight: 80 },
      { arn: groupArn('spare'), name: 'spare', tags: {} },
    ],
  },
}

describe('load balancers', () => {
  it('ALB-20: are found by their host name, with groups, tags and weights', async () => {
    const server = await serve({ loadBalancers: [other, balancer] })
    const { loadBalancers, targets } = await ask(server, { hostNames: [balancer.dnsName, 'nobody.example'] })
    expect(Object.fromEntries(loadBalancers)).toEqual({
      [balancer.dnsName]: { ok: true, value: found },
      'nobody.example': { ok: true, value: undefined },
    })
    expect(targets.size).toBe(0)
    expect(actionsOf(server)).toEqual([
      'DescribeLoadBalancers',
      'DescribeTargetGroups',
      'DescribeTags',
      'DescribeListeners',
      'DescribeRules',
    ])
  })

  it('ALB-20: are asked for with the credentials and the region of the settings', async () => {
    const server = await serve({ loadBalancers: [balancer] })
    await ask(server, { hostNames: [balancer.dnsName] })
    expect(server.requests[0]?.headers).toMatchObject({
      'x-amz-security-token': 't0k3n',
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-central-1\/elasticloadbalancing\/aws4_request/,
      ),
    })
    expect(Object.fromEntries(formOf(server.requests[0]!))).toMatchObject({ PageSize: '300' })
    expect(Object.fromEntries(formOf(server.requests[1]!))).toMatchObject({ LoadBalancerArn: balancer.arn })
  })

  it('ALB-20: are listed once for all names, page by page, no further than needed', async () => {
    const many = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ arn: name, name, dnsName: `${name}.example` }))
    const server = await serve({ loadBalancers: many, pageSize: 2 })
    const { loadBalancers } = await ask(server, { hostNames: ['a.example', 'd.example', 'a.example'] })
    expect([...loadBalancers].map(([name, each]) => [name, each.ok && each.value?.arn])).toEqual([
      ['a.example', 'a'],
      ['d.example', 'd'],
    ])
    const listed = server.requests.map(formOf).filter((form) => form.get('Action') === 'DescribeLoadBalancers')
    expect(listed.map((form) => form.get('Marker'))).toEqual([null, '2'])
  })

  it('ALB-20: groups, listeners and rules have pages too', async () => {
    const groups = Array.from({ length: 5 }, (_, i) => ({ arn: groupArn(`g${i}`), name: `g${i}` }))
    const paged = {
      ...balancer,
      targetGroups: groups,
      listeners: groups.map(({ arn }, i) => [[], [], [{ arn, weight: i }]]),
    }
    const { loadBalancers } = await ask(await serve({ loadBalancers: [paged], pageSize: 2 }), {
      hostNames: [balancer.dnsName],
    })
    expect(loadBalancers.get(balancer.dnsName)).toMatchObject({
      value: { targetGroups: { value: groups.map((group, weight) => ({ ...group, weight })) } },
    })
  })

  it('ALB-20: tags are asked for twenty groups at a time', async () => {
    const groups = Array.from({ length: 41 }, (_, i) => ({
      arn: groupArn(`g${i}`),
      name: `g${i}`,
      tags: { [tagKey]: `id-${i}` },
    }))
    const server = await serve({ loadBalancers: [{ ...balancer, targetGroups: groups }] })
    const { loadBalancers } = await ask(server, { hostNames: [balancer.dnsName] })
    const asked = server.requests.map(formOf).filter((form) => form.get('Action') === 'DescribeTags')
    expect(asked.map((form) => [...form.keys()].filter((key) => key.startsWith('ResourceArns')).length)).toEqual([
      20, 20, 1,
    ])
    const each = loadBalancers.get(balancer.dnsName)
    expect(
      each?.ok && each.value?.targetGroups.ok && each.value.targetGroups.value.map(({ tags }) => tags[tagKey]),
    ).toEqual(groups.map((_, i) => `id-${i}`))
  })

  it('ALB-20: the weight is that of the last action that names the group', async () => {
    const listeners = [
      [[{ arn: canary, weight: 5 }], [{ arn: stable, weight: 95 }]],
      [[{ arn: canary, weight: 20 }, { arn: stable }]],
    ]
    const { loadBalancers } = await ask(await serve({ loadBalancers: [{ ...balancer, listeners }] }), {
      hostNames: [balancer.dnsName],
    })
    const each = loadBalancers.get(balancer.dnsName)
    const groups = each?.ok && each.value?.targetGroups.ok ? each.value.targetGroups.value : []
    expect(groups.map(({ weight }) => weight)).toEqual([20, undefined, undefined])
  })

  it('ALB-20: without groups nothing else is asked', async () => {
    const server = await serve({ loadBalancers: [other] })
    const { loadBalancers } = await ask(server, { hostNames: [other.dnsName] })
    expect(loadBalancers.get(other.dnsName)).toEqual({
      ok: true,
      value: { arn: 'arn:other', name: 'other', targetGroups: { ok: true, value: [] } },
    })
    expect(actionsOf(server)).toEqual(['DescribeLoadBalancers', 'DescribeTargetGroups'])
  })
})

describe('targets', () => {
  it('SVC-21: are those that are registered, whatever their health, and nothing is listed for them', async () => {
    const server = await serve({
      targets: { [canary]: [{ id: '10.0.0.1', port: 8080 }, { id: '10.0.0.2' }, { port: 80 }] },
    })
    const { targets, loadBalancers } = await ask(server, { targetGroups: [canary, stable, canary] })
    expect(Object.fromEntries(targets)).toEqual({
      [canary]: { ok: true, value: [{ id: '10.0.0.1', port: 8080 }] },
      [stable]: { ok: true, value: [] },
    })
    expect(loadBalancers.size).toBe(0)
    expect(actionsOf(server)).toEqual(['DescribeTargetHealth', 'DescribeTargetHealth'])
  })
})

describe('what cannot be asked', () => {
  const hostNames = [balancer.dnsName]

  it('nothing is asked where nothing is the question', async () => {
    const server = await serve({})
    await ask(server, {})
    expect(server.requests).toHaveLength(0)
  })

  it.each(['DescribeTargetGroups', 'DescribeTags', 'DescribeListeners', 'DescribeRules'])(
    'ALB-20: %s refused is the answer for the groups',
    async (operation) => {
      const server = await web.server(except(operation, refused, { loadBalancers: [balancer] }))
      const { loadBalancers } = await ask(server, { hostNames })
      expect(loadBalancers.get(balancer.dnsName)).toEqual({
        ok: true,
        value: { ...found, targetGroups: { ok: false, error: refusal(operation) } },
      })
    },
  )

  it('ALB-20: of load balancers is the answer for each name that was not found before', async () => {
    let pages = 0
    const account = { loadBalancers: [other, balancer], pageSize: 1 }
    const secondRefused: Answer = (request, reply) =>
      (++pages === 2 ? refused : fakeLoadBalancing(account))(request, reply)
    const server = await web.server(except('DescribeLoadBalancers', secondRefused, account))
    const { loadBalancers } = await ask(server, { hostNames: [balancer.dnsName, other.dnsName] })
    expect(loadBalancers.get(balancer.dnsName)).toEqual({ ok: false, error: refusal('DescribeLoadBalancers') })
    expect(loadBalancers.get(other.dnsName)).toMatchObject({ ok: true, value: { name: 'other' } })
  })

  it('SVC-22: of targets is the answer for this group alone', async () => {
    const server = await web.server((request, reply) =>
      (formOf(request).get('TargetGroupArn') === canary ? refused : fakeLoadBalancing({}))(request, reply),
    )
    const { targets } = await ask(server, { targetGroups: [canary, stable] })
    expect(Object.fromEntries(targets)).toEqual({
      [canary]: { ok: false, error: refusal('DescribeTargetHealth') },
      [stable]: { ok: true, value: [] },
    })
  })

  it('ALB-20: is asked three times where AWS throttles', async () => {
    const server = await web.server((_request, reply) =>
      reply.text(400, awsError('Throttling', 'Rate exceeded'), { 'Content-Type': 'text/xml' }),
    )
    const { targets } = await ask(server, { targetGroups: [canary] })
    expect(targets.get(canary)).toEqual({
      ok: false,
      error:
        'operation error Elastic Load Balancing v2: DescribeTargetHealth, https response error StatusCode: 400, Throttling: Rate exceeded',
    })
    expect(server.requests).toHaveLength(3)
  })

  it('ALB-20: and then goes on where it does no more', async () => {
    let count = 0
    const once: Answer = (request, reply) =>
      ++count === 1
        ? reply.text(503, awsError('ServiceUnavailable', 'later'), { 'Content-Type': 'text/xml' })
        : fakeLoadBalancing({})(request, reply)
    const { targets } = await ask(await web.server(once), { targetGroups: [canary] })
    expect(targets.get(canary)).toEqual({ ok: true, value: [] })
  })

  it('ALB-20: a list without an end is left', async () => {
    const endless: Answer = (_request, reply) =>
      reply.text(
        200,
        '<DescribeLoadBalancersResponse><DescribeLoadBalancersResult><LoadBalancers/><NextMarker>again</NextMarker></DescribeLoadBalancersResult></DescribeLoadBalancersResponse>',
        { 'Content-Type': 'text/xml' },
      )
    const server = await web.server(endless)
    const { loadBalancers } = await ask(server, { hostNames })
    expect(loadBalancers.get(balancer.dnsName)).toEqual({
      ok: false,
      error: 'operation error Elastic Load Balancing v2: DescribeLoadBalancers, more than 100 pages',
    })
    expect(server.requests).toHaveLength(100)
  })

  it('ALB-20: everything has half a minute, and what was not answered by then has failed', async () => {
    const clock = new VirtualClock()
    const silent = await web.server(except('DescribeTargetHealth', () => undefined, { loadBalancers: [balancer] }))
    const asking = ask(silent, { hostNames, targetGroups: [canary, stable] }, clock)
    await until('asked', () => actionsOf(silent).includes('DescribeTargetHealth'))
    await clock.advance(30_000)
    const { loadBalancers, targets } = await asking
    const late = 'operation error Elastic Load Balancing v2: DescribeTargetHealth, context deadline exceeded'
    expect(loadBalancers.get(balancer.dnsName)).toMatchObject({ ok: true })
    expect(Object.fromEntries(targets)).toEqual({
      [canary]: { ok: false, error: late },
      [stable]: { ok: false, error: late },
    })
    expect(clock.pending).toBe(0)
  })

  it('ALB-20: nobody answers where nobody listens', async () => {
    const { targets } = await ask({ url: 'http://127.0.0.1:1' }, { targetGroups: [canary] })
    expect(targets.get(canary)).toMatchObject({ ok: false, error: expect.stringContaining('ECONNREFUSED') })
  })

  it('ALB-20: a body that is none is an error', async () => {
    const server = await web.server((_request, reply) => reply.text(200, '<html', { 'Content-Type': 'text/xml' }))
    const { targets } = await ask(server, { targetGroups: [canary] })
    expect(targets.get(canary)).toMatchObject({ ok: false, error: expect.stringContaining('DescribeTargetHealth, ') })
  })
})

it('ALB-20, ALB-21: what AWS answers is what weights are verified by', async () => {
  const [kind, object] = aRouteObject('ingresses', 'front', {})
  const ingress = { ...object, status: { loadBalancer: { ingress: [{ hostname: balancer.dnsName }] } } }
  const routes = aRouteTable([[kind, ingress]])
  const rollout = aRollout({
    steps: [setWeight(20)],
    canary: { stableService: 'web-stable', trafficRouting: { alb: { ingress: 'front', servicePort: 80 } } },
    status: { stableRS: 'h1', currentPodHash: 'h2' },
  })
  const judge = (answers: Awaited<ReturnType<typeof ask>>) =>
    verifyWeight(aRouterRequest({ rollout }), routes, { enabled: true, tagKey, answers })
  const { unanswered } = judge({ loadBalancers: new Map(), targets: new Map() })
  const answers = await ask(await serve({ loadBalancers: [balancer] }), { hostNames: unanswered })
  expect(judge(answers)).toMatchObject({ verified: true, unanswered: [] })
})
