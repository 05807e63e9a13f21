/** A library with what it takes to administer it. */
export interface ServerLibrary {
  /** The server's item id of the library, opaque. */
  readonly id: string;
  readonly name: string;
  readonly collectionType: string | null;
  /** Folders as the server sees them. */
  readonly locations: readonly string[];
  /** The id by which users' policies name it; Emby has one of its own for that. */
  readonly folderId: string;
  /** Every id by which an answer of the server may name it. */
  readonly aliases: readonly string[];
  /** All its options in the server's own words; null where the server tells none. */
  readonly options: Readonly<Record<string, unknown>> | null;
  readonly isScanning: boolean;
}

/** A user's whole policy in the server's own words: what is not understood is carried along. */
export type Policy = Readonly<Record<string, unknown>>;

/** What a server can do for the libraries that Showrunner owns, and for who may open them. */
export interface LibraryControl {
  /** All libraries that have an id, with their options. */
  serverLibraries(signal: AbortSignal): Promise<readonly ServerLibrary[]>;
  /** Replaces a library's options; what is left out goes back to the server's defaults. */
  setLibraryOptions(input: {
    libraryId: string;
    options: Readonly<Record<string, unknown>>;
    signal: AbortSignal;
  }): Promise<void>;
  /** Removes a library from the server, never a file; one that is gone already is fine. */
  removeLibrary(input: { libraryId: string; signal: AbortSignal }): Promise<void>;
  /** The policies of all users, by user id. */
  policies(signal: AbortSignal): Promise<ReadonlyMap<string, Policy>>;
  /** The policy of one user as it is now; throws `NOT_FOUND` when the server does not know the user. */
  policy(userId: string, signal: AbortSignal): Promise<Policy>;
  /** Replaces a user's policy: a part that is left out goes back to the server's default. */
  setPolicy(input: { userId: string; policy: Policy; signal: AbortSignal }): Promise<void>;
}

/** Which picture of a series. */
export type ImageKind = 'poster' | 'backdrop';

/** A picture while it arrives. */
export interface ImageStream {
  /** Lower case, without parameters, such as `image/jpeg`. */
  readonly contentType: string;
  /** Its bytes; throws `MEDIA_SERVER_*` when it breaks off or is too large. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Where pictures come from. */
export interface ImageSource {
  /**
   * Asks for the picture of an item and hands it to `use`, which has read it when it resolves; the server is asked for
   * nothing else meanwhile.
   *
   * @throws ShowrunnerError `NOT_FOUND` when there is none, `MEDIA_SERVER_BAD_ANSWER` when it is no picture
   */
  image<Result>(
    input: {
      itemId: string;
      kind: ImageKind;
      /** The server's version mark of the picture. */
      tag: string;
      /** Most pixels; the server makes it smaller where it can. */
      maxWidth: number;
      signal: AbortSignal;
    },
    use: (image: ImageStream) => Promise<Result>,
  ): Promise<Result>;
}
