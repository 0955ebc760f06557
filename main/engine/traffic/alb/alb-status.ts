import { fieldAt, textAt } from '../route-json.ts'
import type { LoadBalancer, TargetGroup } from './aws-answers.ts'

/** `status.alb`, and each of `status.albs`: where requests of an Ingress go (ALB-19). Metrics of AWS are asked for by these names. */
export interface AlbStatus {
  readonly loadBalancer: AwsResourceRef
  readonly canaryTargetGroup: AwsResourceRef
  readonly stableTargetGroup: AwsResourceRef
  readonly ingress?: string
}

interface AwsResourceRef {
  readonly name: string
  readonly arn: string
  /** The end of the ARN; empty when that is none. */
  readonly fullName: string
}

/** An entry as it was written, whatever it holds. */
export function readAlbStatus(value: unknown): AlbStatus {
  const ingress = textAt(value, 'ingress')
  return {
    loadBalancer: readRef(fieldAt(value, 'loadBalancer')),
    canaryTargetGroup: readRef(fieldAt(value, 'canaryTargetGroup')),
    stableTargetGroup: readRef(fieldAt(value, 'stableTargetGroup')),
    ...(ingress !== '' && { ingress }),
  }
}

const readRef = (value: unknown): AwsResourceRef => ({
  name: textAt(value, 'name'),
  arn: textAt(value, 'arn'),
  fullName: textAt(value, 'fullName'),
})

export const withLoadBalancer = (status: AlbStatus, ingress: string, { name, arn }: LoadBalancer): AlbStatus => ({
  ...status,
  ingress,
  loadBalancer: { name, arn, fullName: endOf(arn, 2) },
})

export const targetGroupRef = ({ name, arn }: TargetGroup): AwsResourceRef => ({ name, arn, fullName: endOf(arn, 1) })

/** `arn:…:loadbalancer/app/web/50dc` from its part 2 on: `web/50dc`. */
const endOf = (arn: string, from: number): string => arn.split('/').slice(from).join('/')
