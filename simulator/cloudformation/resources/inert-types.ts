import type { JsonObject } from '../json.ts';
import { text } from '../property-values.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../resource-provider.ts';

interface InertType {
  /** What Ref answers. */
  readonly id: (context: ResourceContext, properties: Properties) => string;
  readonly attributes?: (id: string, context: ResourceContext, properties: Properties) => JsonObject;
  readonly attributeNames?: readonly string[];
  readonly replacedBy?: readonly string[];
}

const withPrefix =
  (prefix: string) =>
  (context: ResourceContext): string =>
    `${prefix}-${context.hex(17)}`;

const selfNamed = (attribute: string): Pick<InertType, 'attributes' | 'attributeNames'> => ({
  attributes: (id) => ({ [attribute]: id }),
  attributeNames: [attribute],
});

/**
 * Types that have an id and attributes and do nothing: the simulator has no network of its own, so whatever would shape
 * one is taken as given.
 */
const types: Readonly<Record<string, InertType>> = {
  'AWS::CDK::Metadata': { id: (context) => context.name() },
  'AWS::CloudFormation::WaitConditionHandle': {
    id: (context) => `https://cloudformation-waitcondition-${context.region}.s3.amazonaws.com/${context.hex(32)}`,
  },
  'AWS::EC2::EIP': {
    id: (context) => `203.0.113.${Number.parseInt(context.hex(2), 16)}`,
    attributes: (id, context) => ({ AllocationId: `eipalloc-${context.hex(17)}`, PublicIp: id }),
    attributeNames: ['AllocationId', 'PublicIp'],
    replacedBy: ['Domain'],
  },
  'AWS::EC2::FlowLog': { id: withPrefix('fl'), ...selfNamed('Id') },
  'AWS::EC2::InternetGateway': { id: withPrefix('igw'), ...selfNamed('InternetGatewayId') },
  'AWS::EC2::NatGateway': {
    id: withPrefix('nat'),
    ...selfNamed('NatGatewayId'),
    replacedBy: ['AllocationId', 'SubnetId'],
  },
  'AWS::EC2::Route': {
    id: (_context, properties) => `${text(properties, 'RouteTableId')}|${text(properties, 'DestinationCidrBlock')}`,
    attributes: (_id, _context, properties) => ({ CidrBlock: text(properties, 'DestinationCidrBlock') ?? '' }),
    attributeNames: ['CidrBlock'],
    replacedBy: ['DestinationCidrBlock', 'RouteTableId'],
  },
  'AWS::EC2::RouteTable': { id: withPrefix('rtb'), ...selfNamed('RouteTableId'), replacedBy: ['VpcId'] },
  'AWS::EC2::SecurityGroup': {
    id: withPrefix('sg'),
    attributes: (id, _context, properties) => ({ GroupId: id, Id: id, VpcId: text(properties, 'VpcId') ?? '' }),
    attributeNames: ['GroupId', 'Id', 'VpcId'],
    replacedBy: ['GroupDescription', 'GroupName', 'VpcId'],
  },
  'AWS::EC2::SecurityGroupEgress': { id: withPrefix('sgr'), ...selfNamed('Id') },
  'AWS::EC2::SecurityGroupIngress': { id: withPrefix('sgr'), ...selfNamed('Id') },
  'AWS::EC2::SubnetRouteTableAssociation': { id: withPrefix('rtbassoc'), ...selfNamed('Id') },
  'AWS::EC2::VPC': {
    id: withPrefix('vpc'),
    attributes: (id, context, properties) => ({
      CidrBlock: text(properties, 'CidrBlock') ?? '',
      CidrBlockAssociations: [`vpc-cidr-assoc-${context.hex(17)}`],
      DefaultNetworkAcl: `acl-${context.hex(17)}`,
      DefaultSecurityGroup: `sg-${context.hex(17)}`,
      Ipv6CidrBlocks: [],
      VpcId: id,
    }),
    attributeNames: [
      'CidrBlock',
      'CidrBlockAssociations',
      'DefaultNetworkAcl',
      'DefaultSecurityGroup',
      'Ipv6CidrBlocks',
      'VpcId',
    ],
    replacedBy: ['CidrBlock'],
  },
  'AWS::EC2::VPCEndpoint': {
    id: withPrefix('vpce'),
    attributes: (id) => ({ CreationTimestamp: '', DnsEntries: [], Id: id, NetworkInterfaceIds: [] }),
    attributeNames: ['CreationTimestamp', 'DnsEntries', 'Id', 'NetworkInterfaceIds'],
    replacedBy: ['ServiceName', 'VpcEndpointType', 'VpcId'],
  },
  'AWS::EC2::VPCGatewayAttachment': {
    id: (_context, properties) => `IGW|${text(properties, 'VpcId')}`,
    attributes: () => ({ AttachmentType: 'IGW' }),
    attributeNames: ['AttachmentType'],
  },
  'AWS::KMS::Key': {
    id: (context) => `${context.hex(8)}-${context.hex(4)}-${context.hex(4)}-${context.hex(4)}-${context.hex(12)}`,
    attributes: (id, context) => ({ Arn: `arn:aws:kms:${context.region}:${context.accountId}:key/${id}`, KeyId: id }),
    attributeNames: ['Arn', 'KeyId'],
  },
  'AWS::S3::Bucket': {
    id: (context, properties) => text(properties, 'BucketName') ?? context.name({ maxLength: 63, lowerCase: true }),
    attributes: (id, context) => ({
      Arn: `arn:aws:s3:::${id}`,
      DomainName: `${id}.s3.amazonaws.com`,
      DualStackDomainName: `${id}.s3.dualstack.${context.region}.amazonaws.com`,
      RegionalDomainName: `${id}.s3.${context.region}.amazonaws.com`,
      WebsiteURL: `http://${id}.s3-website-${context.region}.amazonaws.com`,
    }),
    attributeNames: ['Arn', 'DomainName', 'DualStackDomainName', 'RegionalDomainName', 'WebsiteURL'],
    replacedBy: ['BucketName'],
  },
  'AWS::S3::BucketPolicy': {
    id: (_context, properties) => text(properties, 'Bucket') ?? '',
    replacedBy: ['Bucket'],
  },
};

export const inertProviders: readonly ResourceProvider[] = Object.entries(types).map(
  ([type, inert]): ResourceProvider => ({
    type,
    attributes: inert.attributeNames ?? [],
    replacedBy: inert.replacedBy ?? [],
    create: async (context, properties) => {
      const physicalId = inert.id(context, properties);
      return { physicalId, attributes: inert.attributes?.(physicalId, context, properties) ?? {} };
    },
    update: async (_context, { before }) => before,
    delete: async () => undefined,
  }),
);
