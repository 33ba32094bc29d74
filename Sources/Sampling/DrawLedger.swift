public import Diagnostics
internal import Digests
public import Quantities

/// One line of the ledger of draws: what was done, when, and the hash of the line before.
///
/// A line is one JSON object; its last member `hash` is the SHA-256 of the bytes of the line before `,"hash":`, and
/// `previous` the hash of the line before it: a ``HashChain`` whose head is what to publish.
public struct LedgerEntry: Hashable, Sendable {
  /// What was done; the raw value stands in the line.
  public enum Kind: String, CaseIterable, Hashable, Sendable, Codable {
    case seal, open, override, reveal
  }

  /// Decides what may come before: an opening needs a seal, and a seal is opened once.
  public let kind: Kind
  /// By the clock of the machine that wrote the line; times must not run backwards.
  public let at: Instant
  /// Root of the seal it is about.
  public let root: String
  /// Further facts, in order; names are lower-case words.
  public let facts: [(name: String, value: String)]

  public init(kind: Kind, at: Instant, root: String, facts: [(name: String, value: String)]) {
    self.kind = kind
    self.at = at
    self.root = root
    self.facts = facts
  }

  public static func == (a: LedgerEntry, b: LedgerEntry) -> Bool { a.members == b.members }
  public func hash(into hasher: inout Hasher) { hasher.combine(members) }

  private var members: [[String]] {
    [["kind", kind.rawValue], ["at", timeText(at)], ["root", root]] + facts.map { [$0.name, $0.value] }
  }

  /// The line without its line feed, as the next one of a chain.
  func line(in chain: inout HashChain) -> String {
    var text = ""
    let hash = chain.append { number, previous in
      text = "{\"entry\":\(number),\"previous\":\"\(previous)\""
      for member in members { text += ",\(LedgerEntry.quoted(member[0])):\(LedgerEntry.quoted(member[1]))" }
      return text
    }
    return text + ",\"hash\":\"\(hash.hex)\"}"
  }

  /// A JSON string; control characters as `\u00XX`.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

/// A ledger as it stands in a file.
public struct DrawLedger: Sendable {
  /// One line with its members by name; numbers as their digits.
  public struct Line: Sendable {
    /// Byte for byte as in the file, without its line feed: what `hash` is checked against.
    public let text: String
    /// As read from the text; their order, which the hash covers, is in `text` alone.
    public let members: [String: String]

    public init(text: String, members: [String: String]) {
      self.text = text
      self.members = members
    }
  }

  /// In file order, which is the order of their numbers.
  public let lines: [Line]

  /// - Parameter lines: In file order, without line feeds.
  public init(_ lines: [Line]) { self.lines = lines }

  /// Hash of the newest line: what to publish.
  public var head: String { lines.last?.members["hash"] ?? HashChain.beginning }

  /// The text of one more line.
  public func line(appending entry: LedgerEntry) -> String {
    var chain = HashChain(count: lines.count, head: head)
    return entry.line(in: &chain)
  }

  /// Checks the chain and the order of events. - Parameter file: What errors call it.
  /// - Throws: `Problem` that names the first line that is not as it must be.
  public func verify(file: String) throws(Problem) {
    var chain = HashChain()
    var latest = Int64.min
    var dueOfSeal: [String: Int64] = [:]
    var opened: Set<String> = []
    for (place, line) in lines.enumerated() {
      func refuse(_ what: String) -> Problem {
        Problem(
          what, at: SourcePlace(file: file, line: place + 1),
          remedy: "compare the ledger with a copy from before; a ledger is only ever added to")
      }
      let members = line.members
      guard let hash = members["hash"], let cut = line.text.range(ofLast: ",\"hash\":\"") else {
        throw refuse("the line has no hash")
      }
      // Exactly these digits: "02" is not how a line calls itself entry 2.
      let number = members["entry"].flatMap { $0 == String(place + 1) ? place + 1 : nil }
      var fault = chain.take(
        number: number, previous: members["previous"], hash: hash, content: String(line.text[..<cut]))
      if line.text[cut...] != ",\"hash\":\"\(hash)\"}" { fault = .changed }
      switch fault {
      case .changed: throw refuse("the line was changed: its bytes do not give its hash")
      case .misnumbered:
        throw refuse("the line calls itself entry \(members["entry"] ?? "?"): one was left out, added or moved")
      case .unlinked:
        throw refuse("the line does not follow the one before it: that one was changed, left out or added")
      case nil: break
      }
      guard let kind = members["kind"].flatMap(LedgerEntry.Kind.init), let root = members["root"],
        let at = LineValues(["at: \(members["at"] ?? "")"]).time("at")?.secondsSinceEpoch
      else { throw refuse("kind, time or root is missing") }
      guard at >= latest else { throw refuse("the line is earlier than the one before it") }
      switch kind {
      case .seal:
        guard dueOfSeal[root] == nil else { throw refuse("the frame was sealed before under the same root") }
        guard let due = LineValues(["due: \(members["beacon-due"] ?? "")"]).time("due")?.secondsSinceEpoch, due > at
        else { throw refuse("the beacon was due before the frame was sealed") }
        dueOfSeal[root] = due
      case .open:
        guard dueOfSeal[root] != nil else { throw refuse("a seal was opened that the ledger does not hold") }
        guard opened.insert(root).inserted else { throw refuse("the seal was opened a second time") }
      case .override, .reveal:
        guard opened.contains(root) else { throw refuse("the draw it is about was not opened before") }
      }
      latest = at
    }
  }
}

extension String {
  /// Where the last occurrence of a text begins; `nil` without one.
  fileprivate func range(ofLast text: String) -> String.Index? {
    let (bytes, wanted) = (Array(utf8), Array(text.utf8))
    guard bytes.count >= wanted.count else { return nil }
    for start in (0...bytes.count - wanted.count).reversed()
    where bytes[start] == wanted[0] && bytes[start..<start + wanted.count].elementsEqual(wanted) {
      return utf8.index(utf8.startIndex, offsetBy: start)
    }
    return nil
  }
}
