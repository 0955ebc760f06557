import type {
  DescribeLoadBalancersCommandOutput,
  ElasticLoadBalancingV2Client,
  LoadBalancer as FoundLoadBalancer,
  TargetGroup as FoundTargetGroup,
  Rule,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { AwsAnswers, AwsQuestions, LoadBalancer, Target, TargetGroup } from '#engine/traffic/alb/aws-answers.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { type AwsCall, type AwsSurroundings, awsClientConfig, inTime } from './call.ts'

type Sdk = typeof import('@aws-sdk/client-elastic-load-balancing-v2')

interface Asking {
  readonly sdk: Sdk
  readonly client: ElasticLoadBalancingV2Client
  readonly call: AwsCall
}

/**
 * Asks AWS, one request after the other, for it throttles (ALB-20, SVC-21). Everything together takes half a minute at most; an error
 * is the answer to what could not be asked. Load balancers are listed once for all host names, as far as needed.
 */
export async function askElasticLoadBalancing(
  { hostNames, targetGroups }: AwsQuestions,
  surroundings: AwsSurroundings,
): Promise<AwsAnswers> {
  if (hostNames.length + targetGroups.length === 0) return { loadBalancers: new Map(), targets: new Map() }
  // Large, and most people have no use for it.
  const sdk = await import('@aws-sdk/client-elastic-load-balancing-v2')
  const client = new sdk.ElasticLoadBalancingV2Client(awsClientConfig('ELASTIC_LOAD_BALANCING_V2', surroundings))
  try {
    return await inTime(surroundings.clock, async (call) => ({
      loadBalancers: await findLoadBalancers(hostNames, { sdk, client, call }),
      targets: await answerEach(targetGroups, (arn) => findTargets(arn, { sdk, client, call })),
    }))
  } finally {
    client.destroy()
  }
}

async function answerEach<T>(names: readonly string[], answer: (name: string) => Promise<T>): Promise<Map<string, T>> {
  const answers = new Map<string, T>()
  for (const name of new Set(names)) answers.set(name, await answer(name))
  return answers
}

/** The most that AWS lists at once is 400. */
const pageSize = 300
const pagesMax = 100
const tagsMax = 20

type Options = Parameters<Parameters<AwsCall>[1]>[0]

/** One page; `marker` says where it begins. */
type Page<P> = (at: { readonly Marker: string | undefined }, options: Options) => Promise<P>

/**
 * Visits every page, or as many as it takes until one is `enough`.
 *
 * Failure  of the first page that cannot be had; also when there is no end of them.
 */
async function eachPage<P extends { readonly NextMarker?: string | undefined }>(
  operation: string,
  call: AwsCall,
  page: Page<P>,
  visit: (page: P) => 'enough' | 'more',
): Promise<Outcome<void, string>> {
  let marker: string | undefined
  for (let count = 0; count < pagesMax; count++) {
    const answer = await call(nameOf(operation), (options) => page({ Marker: marker }, options))
    if (!answer.ok) return answer
    marker = answer.value.NextMarker || undefined
    if (visit(answer.value) === 'enough' || marker === undefined) return success(undefined)
  }
  return failure(`operation error ${nameOf(operation)}, more than ${pagesMax} pages`)
}

/** As Go's SDK names it. */
const nameOf = (operation: string): string => `Elastic Load Balancing v2: ${operation}`

/** All items of all pages. */
async function listAll<P extends { readonly NextMarker?: string | undefined }, T>(
  operation: string,
  call: AwsCall,
  page: Page<P>,
  itemsOf: (page: P) => readonly T[] | undefined,
): Promise<Outcome<readonly T[], string>> {
  const items: T[] = []
  const listed = await eachPage(operation, call, page, (each) => {
    items.push(...(itemsOf(each) ?? []))
    return 'more'
  })
  return listed.ok ? success(items) : listed
}

/** What was found before the listing failed counts. */
async function findLoadBalancers(hostNames: readonly string[], asking: Asking): Promise<AwsAnswers['loadBalancers']> {
  if (hostNames.length === 0) return new Map()
  const { sdk, client, call } = asking
  const wanted = new Set(hostNames)
  const found = new Map<string, FoundLoadBalancer>()
  const page: Page<DescribeLoadBalancersCommandOutput> = (at, options) =>
    client.send(new sdk.DescribeLoadBalancersCommand({ PageSize: pageSize, ...at }), options)
  const listed = await eachPage('DescribeLoadBalancers', call, page, ({ LoadBalancers = [] }) => {
    for (const each of LoadBalancers) if (wanted.has(each.DNSName ?? '')) found.set(each.DNSName ?? '', each)
    return found.size === wanted.size ? 'enough' : 'more'
  })
  return answerEach(hostNames, async (hostName) => {
    const each = found.get(hostName)
    if (each !== undefined) return success(await describe(each, asking))
    return listed.ok ? success(undefined) : listed
  })
}

async function describe(found: FoundLoadBalancer, asking: Asking): Promise<LoadBalancer> {
  const { LoadBalancerArn: arn = '', LoadBalancerName: name = '' } = found
  return { arn, name, targetGroups: await targetGroupsOf(arn, asking) }
}

async function targetGroupsOf(balancer: string, asking: Asking): Promise<Outcome<readonly TargetGroup[], string>> {
  const { sdk, client, call } = asking
  const groups = await listAll(
    'DescribeTargetGroups',
    call,
    (at, options) => client.send(new sdk.DescribeTargetGroupsCommand({ LoadBalancerArn: balancer, ...at }), options),
    (page) => page.TargetGroups,
  )
  if (!groups.ok || groups.value.length === 0) return groups.ok ? success([]) : groups
  const arns = groups.value.flatMap(({ TargetGroupArn: arn }) => (arn === undefined ? [] : [arn]))
  const tags = await tagsOf(arns, asking)
  if (!tags.ok) return tags
  const weights = await weightsBy(balancer, asking)
  if (!weights.ok) return weights
  return success(groups.value.map((group) => targetGroup(group, tags.value, weights.value)))
}

function targetGroup(
  { TargetGroupArn: arn = '', TargetGroupName: name = '' }: FoundTargetGroup,
  tags: ReadonlyMap<string, Tags>,
  weights: ReadonlyMap<string, number | undefined>,
): TargetGroup {
  const weight = weights.get(arn)
  return { arn, name, tags: tags.get(arn) ?? {}, ...(weight !== undefined && { weight }) }
}

type Tags = Readonly<Record<string, string>>

async function tagsOf(
  arns: readonly string[],
  { sdk, client, call }: Asking,
): Promise<Outcome<ReadonlyMap<string, Tags>, string>> {
  const tags = new Map<string, Tags>()
  for (let at = 0; at < arns.length; at += tagsMax) {
    const ResourceArns = arns.slice(at, at + tagsMax)
    const answer = await call(nameOf('DescribeTags'), (options) =>
      client.send(new sdk.DescribeTagsCommand({ ResourceArns }), options),
    )
    if (!answer.ok) return answer
    for (const { ResourceArn: arn = '', Tags: each = [] } of answer.value.TagDescriptions ?? [])
      tags.set(arn, Object.fromEntries(each.map(({ Key = '', Value = '' }) => [Key, Value])))
  }
  return success(tags)
}

/** By target group: that of the last forward action, in the order of listeners and rules (ALB-20). */
async function weightsBy(
  balancer: string,
  asking: Asking,
): Promise<Outcome<ReadonlyMap<string, number | undefined>, string>> {
  const { sdk, client, call } = asking
  const listeners = await listAll(
    'DescribeListeners',
    call,
    (at, options) => client.send(new sdk.DescribeListenersCommand({ LoadBalancerArn: balancer, ...at }), options),
    (page) => page.Listeners,
  )
  if (!listeners.ok) return listeners
  const weights = new Map<string, number | undefined>()
  for (const { ListenerArn } of listeners.value) {
    const rules = await listAll(
      'DescribeRules',
      call,
      (at, options) => client.send(new sdk.DescribeRulesCommand({ ListenerArn, ...at }), options),
      (page) => page.Rules,
    )
    if (!rules.ok) return rules
    for (const { TargetGroupArn: arn = '', Weight } of rules.value.flatMap(forwards)) weights.set(arn, Weight)
  }
  return success(weights)
}

const forwards = ({ Actions = [] }: Rule) => Actions.flatMap(({ ForwardConfig }) => ForwardConfig?.TargetGroups ?? [])

/** What is registered, whatever its health; AWS does not page it. */
async function findTargets(arn: string, { sdk, client, call }: Asking): Promise<Outcome<readonly Target[], string>> {
  const answer = await call(nameOf('DescribeTargetHealth'), (options) =>
    client.send(new sdk.DescribeTargetHealthCommand({ TargetGroupArn: arn }), options),
  )
  return answer.ok ? success((answer.value.TargetHealthDescriptions ?? []).flatMap(targetOf)) : answer
}

const targetOf = ({ Target: target }: TargetHealthDescription): readonly Target[] =>
  target?.Id === undefined || target.Port === undefined ? [] : [{ id: target.Id, port: target.Port }]
