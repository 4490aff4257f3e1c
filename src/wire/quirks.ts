/**
 * What AWS's front ends do and the models do not say: plain data, owned by the folder of its service
 * and given with the model. Each entry is a recorded or documented answer of AWS that the model
 * alone would get wrong.
 */
export interface Quirks {
  /** Further names of the service in credential scopes. */
  readonly signingNames?: readonly string[];
  /** Code of a broken constraint in place of ValidationException. */
  readonly validationCode?: string;
  /** Recorded orders of enum value sets that differ from the usual one, by shape. */
  readonly enumOrders?: Readonly<Record<string, readonly string[]>>;
  /** Enums that the service itself checks, by shape. */
  readonly openEnums?: readonly string[];
  /** Required by the model, but left out by clients whose requests AWS answers: `Shape.Member`. */
  readonly optionalMembers?: readonly string[];
  /** Texts whose limit counts UTF-8 bytes, by shape; every other limit counts characters. */
  readonly countedInBytes?: readonly string[];
  /** Headers of answers that the model lacks, by operation; each with the output's member for it. */
  readonly unmodelledHeaders?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Content type of a body that is one blob in place of application/octet-stream. */
  readonly blobContentType?: string;
  readonly xml?: {
    /** Of answers. */
    readonly namespace?: string;
    /** The outermost element of answers, by operation. */
    readonly roots?: Readonly<Record<string, string>>;
    /** Outputs of one member, whose value the outermost element holds at once, by operation. */
    readonly unwrapped?: readonly string[];
    /** Errors stand alone, not in an ErrorResponse. */
    readonly bareErrors?: boolean;
  };
  /** What the query protocol says where the model was written for a later one. */
  readonly query?: {
    /** Elements and parameters of members, keys and values: `Shape.Member`, `Shape.key`. */
    readonly names?: Readonly<Record<string, string>>;
    /** Codes and statuses of errors by shape. */
    readonly errors?: Readonly<Record<string, { readonly code: string; readonly status: number }>>;
  };
}
