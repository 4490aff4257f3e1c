/** The facts of a trace in the API's shape, as GetTraceSummaries answers them. */
import type { CauseEntity, CauseFact } from './causes.ts';
import type { TraceFacts } from './facts.ts';
import type { Service } from './infer.ts';

export interface ServiceId {
  Name: string;
  Names: string[];
  AccountId?: string;
  Type?: string;
}

interface CauseShape<Entity> {
  Services: (ServiceId & { EntityPath: Entity[]; Inferred: boolean })[];
  ClientImpacting: boolean;
}

interface FailedEntity {
  Name: string;
  Exceptions: { Name?: string; Message?: string }[];
  Remote: boolean;
}

interface SlowEntity {
  Name: string;
  Coverage: number;
  Remote: boolean;
}

type AnnotationShape =
  | { StringValue: string }
  | { NumberValue: number }
  | { BooleanValue: boolean };

export interface TraceSummaryShape {
  Id: string;
  StartTime: Date;
  Duration: number;
  ResponseTime?: number;
  HasFault: boolean;
  HasError: boolean;
  HasThrottle: boolean;
  IsPartial: boolean;
  Http: {
    HttpURL?: string;
    HttpStatus?: number;
    HttpMethod?: string;
    UserAgent?: string;
    ClientIp?: string;
  };
  // The SDK's type has one required member per variant of the union.
  Annotations: Record<string, { AnnotationValue: AnnotationShape; ServiceIds: ServiceId[] }[]>;
  Users: { UserName: string; ServiceIds: ServiceId[] }[];
  ServiceIds: ServiceId[];
  ResourceARNs: { ARN: string }[];
  InstanceIds: { Id: string }[];
  AvailabilityZones: { Name: string }[];
  EntryPoint?: ServiceId;
  FaultRootCauses: CauseShape<FailedEntity>[];
  ErrorRootCauses: CauseShape<FailedEntity>[];
  ResponseTimeRootCauses: CauseShape<SlowEntity>[];
  Revision: number;
  MatchedEventTime?: Date;
}

const toSeconds = (us: number): number => Math.round(us / 1000) / 1000;

export function summaryOf(
  facts: TraceFacts,
  revision: number,
  matchedEventMs?: number,
): TraceSummaryShape {
  const services = facts.services.map(serviceId);
  const pick = (indexes: readonly number[]): ServiceId[] =>
    indexes.map((index) => services[index]).filter((service) => service !== undefined);
  const entry = facts.entry === undefined ? undefined : services[facts.entry];
  const { root } = facts;
  return {
    Id: facts.id,
    StartTime: new Date(facts.startUs / 1000),
    Duration: toSeconds(facts.endUs - facts.startUs),
    ...(root.responseUs !== undefined && { ResponseTime: toSeconds(root.responseUs) }),
    HasFault: root.fault === true,
    HasError: root.error === true,
    HasThrottle: facts.throttle === true,
    IsPartial: facts.partial === true,
    Http: httpShape(facts),
    Annotations: annotationShapes(facts, pick),
    Users: facts.users.map((user) => ({ UserName: user.name, ServiceIds: pick(user.services) })),
    ServiceIds: services,
    ResourceARNs: facts.arns.map((arn) => ({ ARN: arn })),
    InstanceIds: facts.instances.map((id) => ({ Id: id })),
    AvailabilityZones: facts.zones.map((name) => ({ Name: name })),
    ...(entry && { EntryPoint: entry }),
    FaultRootCauses: facts.faultCauses.map((cause) => causeShape(cause, services, failedEntity)),
    ErrorRootCauses: facts.errorCauses.map((cause) => causeShape(cause, services, failedEntity)),
    ResponseTimeRootCauses: facts.responseCauses.map((it) => causeShape(it, services, slowEntity)),
    Revision: revision,
    ...(matchedEventMs !== undefined && { MatchedEventTime: new Date(matchedEventMs) }),
  };
}

export function serviceId(service: Service): ServiceId {
  return {
    Name: service.name,
    Names: [service.name],
    ...(service.account !== undefined && { AccountId: service.account }),
    ...(service.type !== undefined && { Type: service.type }),
  };
}

function httpShape(facts: TraceFacts): TraceSummaryShape['Http'] {
  const http = facts.root.http;
  return {
    ...(http?.url !== undefined && { HttpURL: http.url }),
    ...(http?.status !== undefined && { HttpStatus: http.status }),
    ...(http?.method !== undefined && { HttpMethod: http.method }),
    ...(http?.agent !== undefined && { UserAgent: http.agent }),
    ...(http?.ip !== undefined && { ClientIp: http.ip }),
  };
}

function annotationShapes(
  facts: TraceFacts,
  pick: (indexes: readonly number[]) => ServiceId[],
): TraceSummaryShape['Annotations'] {
  const byKey = new Map<string, TraceSummaryShape['Annotations'][string]>();
  for (const { key, value, services } of facts.annotations) {
    const list = byKey.get(key) ?? [];
    list.push({ AnnotationValue: annotationShape(value), ServiceIds: pick(services) });
    byKey.set(key, list);
  }
  return Object.fromEntries(byKey);
}

function annotationShape(value: string | number | boolean): AnnotationShape {
  if (typeof value === 'string') return { StringValue: value };
  return typeof value === 'number' ? { NumberValue: value } : { BooleanValue: value };
}

function causeShape<Entity>(
  cause: CauseFact,
  services: readonly ServiceId[],
  entityShape: (entity: CauseEntity) => Entity,
): CauseShape<Entity> {
  return {
    Services: cause.services
      .filter(({ service }) => services[service] !== undefined)
      .map(({ service, inferred, path }) => ({
        ...services[service]!,
        EntityPath: path.map(entityShape),
        Inferred: inferred === true,
      })),
    ClientImpacting: cause.clientImpacting,
  };
}

function failedEntity(entity: CauseEntity): FailedEntity {
  const exceptions = (entity.exceptions ?? []).map((exception) => ({
    ...(exception.name !== undefined && { Name: exception.name }),
    ...(exception.message !== undefined && { Message: exception.message }),
  }));
  return { Name: entity.name, Exceptions: exceptions, Remote: entity.remote === true };
}

function slowEntity(entity: CauseEntity): SlowEntity {
  return { Name: entity.name, Coverage: entity.coverage ?? 0, Remote: entity.remote === true };
}
