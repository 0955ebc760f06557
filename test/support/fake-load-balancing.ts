import type { Answer } from './scripted-server.ts'

/** What an account of AWS has, as far as Elastic Load Balancing tells it. */
export interface FakeAccount {
  readonly loadBalancers?: readonly FakeLoadBalancer[]
  /** What is registered, by the ARN of the target group. */
  readonly targets?: Readonly<Record<string, readonly { readonly id?: string; readonly port?: number }[]>>
  /** Items on a page. */
  readonly pageSize?: number
}

export interface FakeLoadBalancer {
  readonly arn: string
  readonly name: string
  readonly dnsName: string
  readonly targetGroups?: readonly {
    readonly arn: string
    readonly name: string
    readonly tags?: Readonly<Record<string, string>>
  }[]
  /** By listener: its rules, each with the groups and weights that it forwards to. */
  readonly listeners?: readonly (readonly FakeRule[])[]
}

type FakeRule = readonly { readonly arn: string; readonly weight?: number }[]

/** Elastic Load Balancing as a server: the query protocol of AWS, with pages and their markers. */
export const fakeLoadBalancing =
  (account: FakeAccount): Answer =>
  ({ body }, reply) => {
    const form = new URLSearchParams(body)
    const action = form.get('Action') ?? ''
    const answer = operations[action]?.(form, account)
    if (answer === undefined) return reply.text(400, awsError('InvalidAction', `no ${action}`), xmlType)
    const xmlns = 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/'
    reply.text(
      200,
      `<${action}Response xmlns="${xmlns}"><${action}Result>${answer}</${action}Result></${action}Response>`,
      xmlType,
    )
  }

const xmlType = { 'Content-Type': 'text/xml' }

/** An error answer of AWS, for `reply.text`. */
export const awsError = (code: string, message: string): string =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`

const operations: Readonly<Record<string, (form: URLSearchParams, account: FakeAccount) => string>> = {
  DescribeLoadBalancers: (form, { loadBalancers = [], pageSize }) =>
    page('LoadBalancers', form, pageSize, loadBalancers, ({ arn, name, dnsName }) =>
      [tag('LoadBalancerArn', arn), tag('LoadBalancerName', name), tag('DNSName', dnsName)].join(''),
    ),
  DescribeTargetGroups: (form, account) =>
    page('TargetGroups', form, account.pageSize, groupsOf(form, account), ({ arn, name }) =>
      [tag('TargetGroupArn', arn), tag('TargetGroupName', name)].join(''),
    ),
  DescribeTags: (form, { loadBalancers = [] }) => {
    const arns = [...form].filter(([key]) => key.startsWith('ResourceArns.member.')).map(([, arn]) => arn)
    const groups = loadBalancers.flatMap(({ targetGroups = [] }) => targetGroups)
    const told = groups.filter(({ arn }) => arns.includes(arn))
    return list('TagDescriptions', told, ({ arn, tags = {} }) => {
      const each = list('Tags', Object.entries(tags), ([key, value]) => `${tag('Key', key)}${tag('Value', value)}`)
      return `${tag('ResourceArn', arn)}${each}`
    })
  },
  DescribeListeners: (form, account) =>
    page('Listeners', form, account.pageSize, balancerOf(form, account)?.listeners ?? [], (_rules, at) =>
      tag('ListenerArn', `${form.get('LoadBalancerArn') ?? ''}#${at}`),
    ),
  DescribeRules: (form, { loadBalancers = [], pageSize }) => {
    const [balancer, at] = (form.get('ListenerArn') ?? '').split('#')
    const rules = loadBalancers.find(({ arn }) => arn === balancer)?.listeners?.[Number(at)] ?? []
    return page('Rules', form, pageSize, rules, (groups) =>
      list('Actions', groups.length === 0 ? ['fixed-response'] : ['forward'], (type) =>
        type === 'forward'
          ? `${tag('Type', type)}<ForwardConfig>${forward(groups)}</ForwardConfig>`
          : tag('Type', type),
      ),
    )
  },
  DescribeTargetHealth: (form, { targets = {} }) =>
    list('TargetHealthDescriptions', targets[form.get('TargetGroupArn') ?? ''] ?? [], ({ id, port }) => {
      const target = `${id === undefined ? '' : tag('Id', id)}${port === undefined ? '' : tag('Port', `${port}`)}`
      return `<Target>${target}</Target><TargetHealth>${tag('State', 'initial')}</TargetHealth>`
    }),
}

const forward = (groups: FakeRule): string =>
  list('TargetGroups', groups, ({ arn, weight }) =>
    [tag('TargetGroupArn', arn), weight === undefined ? '' : tag('Weight', `${weight}`)].join(''),
  )

const balancerOf = (form: URLSearchParams, { loadBalancers = [] }: FakeAccount) =>
  loadBalancers.find(({ arn }) => arn === form.get('LoadBalancerArn'))
const groupsOf = (form: URLSearchParams, account: FakeAccount) => balancerOf(form, account)?.targetGroups ?? []

function page<T>(
  name: string,
  form: URLSearchParams,
  pageSize = 100,
  items: readonly T[],
  text: (item: T, at: number) => string,
): string {
  const from = Number(form.get('Marker') ?? 0)
  const part = items.slice(from, from + pageSize)
  const next = from + pageSize < items.length ? tag('NextMarker', `${from + pageSize}`) : ''
  return `${list(name, part, (item, at) => text(item, from + at))}${next}`
}

const list = <T>(name: string, items: readonly T[], text: (item: T, at: number) => string): string =>
  `<${name}>${items.map((item, at) => `<member>${text(item, at)}</member>`).join('')}</${name}>`

const tag = (name: string, text: string): string => `<${name}>${text.replaceAll('&', '&amp;')}</${name}>`
