import Digests
import Testing

@Suite struct HashChainTests {
  struct Entry {
    var number: Int
    var previous: String
    var text: String
    var hash: String

    var content: String { "\(number)|\(previous)|\(text)" }
  }

  static func entries(_ texts: [String]) -> [Entry] {
    var chain = HashChain()
    return texts.map { text in
      var entry = Entry(number: 0, previous: "", text: text, hash: "")
      entry.hash =
        chain.append { number, previous in
          (entry.number, entry.previous) = (number, previous)
          return entry.content
        }.hex
      return entry
    }
  }

  /// The first fault and its place.
  static func fault(_ entries: [Entry]) -> (place: Int, fault: HashChain.Fault)? {
    var chain = HashChain()
    for (place, entry) in entries.enumerated() {
      if let fault = chain.take(
        number: entry.number, previous: entry.previous, hash: entry.hash, content: entry.content)
      {
        return (place, fault)
      }
    }
    return nil
  }

  @Test func `the first entry follows 64 zeros and the head is the newest hash`() {
    let own = Self.entries(["a", "b"])
    #expect(own[0].previous == String(repeating: "0", count: 64) && own[1].previous == own[0].hash)
    // printf '1|%064d|a' 0 | sha256sum
    #expect(own[0].hash == "abc550c8b4f2a92df525a553598592f424bb3b7f63f2c7b34972f09be3ff656d")
    var chain = HashChain()
    #expect(chain.head == HashChain.beginning && chain.count == 0)
    for entry in own {
      #expect(
        chain.take(number: entry.number, previous: entry.previous, hash: entry.hash, content: entry.content) == nil)
    }
    #expect(chain.head == own[1].hash && chain.count == 2)
    #expect(HashChain(count: 2, head: own[1].hash) == chain)
  }

  @Test func `a changed, dropped, moved, added or forged entry breaks the chain where it stands`() {
    let own = Self.entries(["a", "b", "c", "d"])
    #expect(Self.fault(own) == nil)
    var changed = own
    changed[1].text = "x"
    #expect(Self.fault(changed)?.place == 1 && Self.fault(changed)?.fault == .changed)
    var dropped = own
    dropped.remove(at: 1)
    #expect(Self.fault(dropped)?.place == 1 && Self.fault(dropped)?.fault == .misnumbered)
    var moved = own
    moved.swapAt(1, 2)
    #expect(Self.fault(moved)?.place == 1)
    // Whoever rewrites one entry with a fitting hash breaks the next one.
    var forged = own
    forged[1] = Self.entries(["a", "x"])[1]
    #expect(Self.fault(forged)?.place == 2 && Self.fault(forged)?.fault == .unlinked)
    #expect(Self.fault(Array(own.prefix(3))) == nil, "leaving off the end shows only against a head kept elsewhere")
  }
}
