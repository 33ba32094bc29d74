public import Diagnostics
public import Digests
public import Quantities

/// What happened to a list of targets.
public enum VisitEvent: String, CaseIterable, Hashable, Sendable {
  /// The drawn list was closed; its hash is fixed from here on.
  case frozen
  /// Somebody read the list before or on the day of the visits.
  case revealed
  /// A task, a check or a change was refused.
  case refused
  /// A check was approved.
  case approved
  /// The visits are over and the list may be public.
  case closed
}

/// One line of a log whose lines are a ``HashChain``: none can be changed, left out or put in without changing all
/// later ones. Whoever keeps the last hash elsewhere can tell.
public struct VisitLogEntry: Hashable, Sendable {
  /// From 1.
  public let sequence: Int
  /// When it was noted; never before the entry in front.
  public let time: Instant
  /// Post or pseudonym of who did it.
  public let actor: String
  /// What was done; a list is frozen once and closed once.
  public let event: VisitEvent
  /// Hash of the list that it is about.
  public let list: SHA256Digest
  /// One line for people, such as the reason of a look; may be empty.
  public let detail: String
  /// Hash of the entry before; 32 zero bytes' hexadecimal for the first.
  public let previous: String
  /// SHA-256 of the UTF-8 bytes of all the above, each followed by a line break.
  public let hash: SHA256Digest

  public init(
    sequence: Int, time: Instant, actor: String, event: VisitEvent, list: SHA256Digest, detail: String,
    previous: String, hash: SHA256Digest
  ) {
    self.sequence = sequence
    self.time = time
    self.actor = actor
    self.event = event
    self.list = list
    self.detail = detail
    self.previous = previous
    self.hash = hash
  }

  /// What the hash is of.
  var content: String {
    VisitLogEntry.content(
      sequence: sequence, time: time, actor: actor, event: event, list: list, detail: detail, previous: previous)
  }

  static func content(
    sequence: Int, time: Instant, actor: String, event: VisitEvent, list: SHA256Digest, detail: String,
    previous: String
  ) -> String {
    let parts = ["\(sequence)", time.iso8601, actor, event.rawValue, list.hex, detail, previous]
    return parts.map { $0 + "\n" }.joined()
  }
}

/// Why a list or its log cannot be used as asked.
public enum VisitLogProblem: Diagnosable, Equatable {
  case broken(sequence: Int)
  case lineBreak(String)
  case emptyActor
  case timeRunsBack(sequence: Int)
  case notFrozen
  case frozenTwice
  case listDiffers(frozen: SHA256Digest, found: SHA256Digest)
  case tooEarly(LocalDay)
  case alreadyClosed

  /// What is wrong, with the number of the entry or the two hashes.
  public var problem: String {
    switch self {
    case .broken(let sequence): "entry \(sequence) of the log does not follow from the one before"
    case .lineBreak(let text): "\"\(text)\" holds a line break"
    case .emptyActor: "nobody is named as the one who does this"
    case .timeRunsBack(let sequence): "the time is before that of entry \(sequence)"
    case .notFrozen: "the list was never frozen in this log"
    case .frozenTwice: "a list is already frozen in this log"
    case .listDiffers(let frozen, let found): "frozen list differs: frozen as \(frozen.hex), found \(found.hex)"
    case .tooEarly(let day): "the list is secret before \(day)"
    case .alreadyClosed: "the list is closed"
    }
  }

  /// What to restore, or how to go on.
  public var remedy: String {
    switch self {
    case .broken: "compare with the copy or the last hash kept elsewhere; the log was changed after it was written"
    case .lineBreak: "write it on one line"
    case .emptyActor: "name a post or pseudonym (--by)"
    case .timeRunsBack: "give a time that is not earlier (--at)"
    case .notFrozen: "freeze it first: hotgrid visits freeze"
    case .frozenTwice: "start a new log for a new list; a frozen list cannot be replaced"
    case .listDiffers: "restore the frozen file; a change needs a new draw with a log of its own"
    case .tooEarly: "reveal it on that day, or give the reason for an early look (--reason), which is logged"
    case .alreadyClosed: "start a new log for a new list"
    }
  }

  /// Usage where what was typed is at fault, data where log or list is.
  public var exitStatus: ExitStatus {
    switch self {
    case .lineBreak, .emptyActor: .usage
    default: .data
    }
  }
}

/// The life of one list as its log tells it: frozen, revealed, closed.
public struct VisitLog: Sendable {
  /// In order of their numbers; each is checked against the one before as it is taken in.
  public private(set) var entries: [VisitLogEntry] = []
  private var chain = HashChain()

  public init() {}

  /// Takes entries as read from a file. - Throws: When one does not follow from the one before.
  public init(_ entries: [VisitLogEntry]) throws(VisitLogProblem) {
    for (number, entry) in entries.enumerated() {
      let fault = chain.take(
        number: entry.sequence, previous: entry.previous, hash: entry.hash.hex, content: entry.content)
      guard fault == nil else { throw .broken(sequence: number + 1) }
    }
    self.entries = entries
  }

  /// Hash of the frozen list; `nil` before one is frozen.
  public var frozenList: SHA256Digest? { entries.first { $0.event == .frozen }?.list }
  /// Whether the secrecy has ended; nothing can follow for this list.
  public var isClosed: Bool { entries.contains { $0.event == .closed } }
  /// 64 hexadecimal digits to be kept elsewhere: the hash of the last entry, zeros for an empty log.
  public var head: String { chain.head }

  /// Fixes a list. - Throws: When the log already has one.
  public mutating func freeze(_ list: FrozenList, by actor: String, at time: Instant) throws(VisitLogProblem) {
    guard frozenList == nil else { throw .frozenTwice }
    try append(.frozen, list: list.hash, detail: "\(list.targets.count) targets for \(list.day)", by: actor, at: time)
  }

  /// Opens a list to somebody.
  ///
  /// - Parameter reason: Needed before the day of the visits.
  /// - Throws: When the list is not the frozen one, or it is too early and no reason is given. A refused look is not in
  ///   the log by itself; see ``refuse(_:detail:by:at:)``.
  public mutating func reveal(
    _ list: FrozenList, by actor: String, at time: Instant, reason: String = ""
  ) throws(VisitLogProblem) {
    try check(list)
    guard time.day >= list.day || !reason.isEmpty else { throw .tooEarly(list.day) }
    try append(.revealed, list: list.hash, detail: reason, by: actor, at: time)
  }

  /// Ends the secrecy.
  public mutating func close(_ list: FrozenList, by actor: String, at time: Instant) throws(VisitLogProblem) {
    try check(list)
    guard time.day >= list.day else { throw .tooEarly(list.day) }
    try append(.closed, list: list.hash, detail: "", by: actor, at: time)
  }

  /// Notes a refusal.
  public mutating func refuse(
    _ list: SHA256Digest, detail: String, by actor: String, at time: Instant
  ) throws(VisitLogProblem) {
    try append(.refused, list: list, detail: detail, by: actor, at: time)
  }

  /// Notes an approval of one check.
  public mutating func approve(
    _ approval: Approval, list: SHA256Digest, at time: Instant
  ) throws(VisitLogProblem) {
    let detail = "\(approval.targetID): \(approval.basis), signed \(approval.approvedAt.iso8601)"
    try append(.approved, list: list, detail: detail, by: approval.approvedBy, at: time)
  }

  /// - Throws: When a list is not the one that was frozen, or the log is closed.
  public func check(_ list: FrozenList) throws(VisitLogProblem) {
    guard let frozen = frozenList else { throw .notFrozen }
    guard frozen == list.hash else { throw .listDiffers(frozen: frozen, found: list.hash) }
    guard !isClosed else { throw .alreadyClosed }
  }

  private mutating func append(
    _ event: VisitEvent, list: SHA256Digest, detail: String, by actor: String, at time: Instant
  ) throws(VisitLogProblem) {
    guard !actor.isEmpty else { throw .emptyActor }
    for text in [actor, detail] where text.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" }) {
      throw .lineBreak(text)
    }
    if let last = entries.last, time < last.time { throw .timeRunsBack(sequence: last.sequence) }
    let (sequence, previous) = (chain.count + 1, chain.head)
    let hash = chain.append { number, previous in
      VisitLogEntry.content(
        sequence: number, time: time, actor: actor, event: event, list: list, detail: detail, previous: previous)
    }
    entries.append(
      VisitLogEntry(
        sequence: sequence, time: time, actor: actor, event: event, list: list, detail: detail, previous: previous,
        hash: hash))
  }
}

/// A day's targets, closed: the hash can be shown to anyone, the targets to nobody before the day.
public struct FrozenList: Hashable, Sendable {
  /// One visit of the list, without score and evidence.
  public struct Target: Hashable, Sendable {
    /// As in the frame, such as `E-<credit code>`.
    public let id: String
    /// Why it is to be visited; part of what is hashed.
    public let origin: TaskOrigin

    public init(id: String, origin: TaskOrigin) {
      self.id = id
      self.origin = origin
    }
  }

  /// The day of the visits; before it a look needs a reason.
  public let day: LocalDay
  /// By the UTF-8 bytes of their ids.
  public let targets: [Target]
  /// Random text that keeps anyone from finding the targets by trying hashes.
  public let salt: String

  public init(day: LocalDay, targets: [Target], salt: String) {
    self.day = day
    self.targets = targets.sorted {
      $0.id.utf8.elementsEqual($1.id.utf8) ? $0.origin.rawValue < $1.origin.rawValue : precedes($0.id, $1.id)
    }
    self.salt = salt
  }

  /// SHA-256 of the UTF-8 bytes of `hotgrid-frozen-1`, salt, day and each `origin,id`, each followed by a line break.
  public var hash: SHA256Digest {
    let lines = ["hotgrid-frozen-1", salt, day.description] + targets.map { "\($0.origin.rawValue),\($0.id)" }
    return SHA256Digest(ofUTF8: lines.map { $0 + "\n" }.joined())
  }
}
