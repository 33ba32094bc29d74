internal import Diagnostics
internal import Digests
internal import Export
internal import Foundation
internal import Ingest
public import Quantities
public import Sampling

/// What `draw seal` is told besides the frame.
public struct SealRequest: Sendable {
  /// Rules of the draw, which the seal fixes with the frame.
  public var plan: DrawPlan
  /// Gives the seed; it must be due after `now`.
  public var beacon: Beacon
  /// Named in the seal, for when the beacon fails; `nil` for none.
  public var fallback: Beacon?
  /// SHA-256 of the policy file; `nil` without one.
  public var policyHash: String?
  /// The clock: the moment the seal is dated.
  public var now: Instant

  public init(plan: DrawPlan, beacon: Beacon, fallback: Beacon?, policyHash: String?, now: Instant) {
    self.plan = plan
    self.beacon = beacon
    self.fallback = fallback
    self.policyHash = policyHash
    self.now = now
  }
}

/// `draw seal`: commits to a frame before its beacon is due.
///
/// - Parameters:
///   - secretPath: A new file for the 32 secret bytes, readable by its owner alone; an existing one is refused, because
///     a secret that serves twice would let one day's proof unmask another day's leaf.
///   - ledgerPath: Gets one line more; `nil` without a ledger.
public func sealFrame(
  framePath: String, request: SealRequest, outPath: String, secretPath: String, ledgerPath: String?
) throws -> Seal {
  let frame = try readFrame(path: framePath)
  guard !FileManager.default.fileExists(atPath: secretPath) else {
    throw Problem(
      "the secret file \(secretPath) exists", remedy: "name a new file: every seal needs a secret of its own",
      exitStatus: .usage)
  }
  var generator = SystemRandomNumberGenerator()
  let secret = SealSecret(bytes: (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
  let seal = try frame.seal(
    plan: request.plan, beacon: request.beacon, fallback: request.fallback, policyHash: request.policyHash,
    sealedAt: request.now, secret: secret)
  guard
    FileManager.default.createFile(
      atPath: secretPath, contents: Data("hotgrid-secret-1 \(secret.hex)\n".utf8),
      attributes: [.posixPermissions: 0o600])
  else {
    throw Problem("cannot write the secret file \(secretPath)", remedy: "name a folder that exists and is yours")
  }
  try writeText(DrawRecords.text(seal), path: outPath)
  try append(
    LedgerEntry(
      kind: .seal, at: request.now, root: seal.root,
      facts: [
        ("units", String(frame.units.count)), ("beacon", request.beacon.source),
        ("beacon-due", "\(request.beacon.due.secondsSinceEpoch) \(request.beacon.due.iso8601)"),
        ("fallback", request.fallback?.source ?? "none"), ("version", request.plan.version),
      ]), to: ledgerPath)
  return seal
}

/// Which files an opened seal stands in.
public struct SealFiles: Sendable {
  /// The frame that was sealed; secret until it is revealed.
  public var frame: String
  /// The public commitment that `draw seal` wrote.
  public var seal: String
  /// The file of 32 secret bytes, which opens the seal and unmasks the list.
  public var secret: String

  public init(frame: String, seal: String, secret: String) {
    self.frame = frame
    self.seal = seal
    self.secret = secret
  }
}

/// `draw open`: draws with the beacon's value, writes the drawn file and the public opening record.
///
/// - Parameter seenAt: When the value was seen; the ledger's line carries it too.
public func openSeal(
  _ files: SealFiles, beaconHex: String, usesFallback: Bool, seenAt: Instant, outPath: String, openingPath: String,
  ledgerPath: String?
) throws -> PlannedDrawSummary {
  let frame = try readFrame(path: files.frame)
  let opened = try DrawRecords.read(Seal.self, path: files.seal).open(
    frame: frame, secret: DrawRecords.readSecret(path: files.secret), beaconHex: beaconHex,
    usesFallback: usesFallback, seenAt: seenAt)
  // A second opening with another value would be a second draw: the ledger refuses it before anything is written.
  let ledger = try checkedLedger(
    adding: LedgerEntry(
      kind: .open, at: seenAt, root: try DrawRecords.read(Seal.self, path: files.seal).root,
      facts: [
        ("beacon", beaconHex.lowercased()), ("seed", opened.result.seed),
        ("opening", opened.opening.digest.hex), ("drawn", String(opened.result.drawnIDs.count)),
      ]), to: ledgerPath)
  try DrawnOutput.write(opened.result, path: outPath)
  try writeText(DrawRecords.text(opened.opening), path: openingPath)
  if let ledger, let ledgerPath { try writeText(ledger, path: ledgerPath) }
  return summary(of: opened.result, frame: frame)
}

/// `draw prove`: the proof of one unit, from the files of an opened seal.
public func proveUnit(_ files: SealFiles, openingPath: String, id: String, outPath: String) throws {
  let facts = try DrawRecords.read(Opening.self, path: openingPath).read()
  let seal = try DrawRecords.read(Seal.self, path: files.seal)
  let header = try seal.readHeader()
  let opened = try seal.open(
    frame: readFrame(path: files.frame), secret: DrawRecords.readSecret(path: files.secret),
    beaconHex: facts.beacon.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(),
    usesFallback: facts.beaconSource != header.beacon.source, seenAt: facts.seenAt)
  guard try opened.opening == DrawRecords.read(Opening.self, path: openingPath) else {
    throw Problem(
      "the opening record is not the one that frame, secret and beacon give", at: SourcePlace(file: openingPath),
      remedy: "use the opening file that draw open wrote")
  }
  try writeText(DrawRecords.text(opened.proof(id: id)), path: outPath)
}

/// `draw check-proof`. - Parameter root: The published root; `nil` takes the proof's word for it.
public func checkProof(path: String, root: String?, ledgerPath: String?) throws -> ProofFinding {
  let finding = try DrawRecords.read(DrawProof.self, path: path).check()
  if let root, root.lowercased() != finding.root.hex {
    throw Problem(
      "the proof is of the root \(finding.root.hex), not of \(root)", at: SourcePlace(file: path),
      remedy: "compare with the root that was published before the beacon")
  }
  if let ledgerPath {
    let ledger = try DrawRecords.readLedger(path: ledgerPath)
    try ledger.verify(file: ledgerPath)
    guard
      ledger.lines.contains(where: {
        $0.members["root"] == finding.root.hex && $0.members["opening"] == finding.openingDigest.hex
      })
    else {
      throw Problem(
        "the ledger holds no opening of the root \(finding.root.hex) with the proof's record",
        at: SourcePlace(file: ledgerPath), remedy: "compare with the ledger that was published")
    }
  }
  return finding
}

/// `draw reveal`: notes in the ledger that frame and secret of an opened seal were published, once all visits are over.
public func revealDraw(_ files: SealFiles, at now: Instant, ledgerPath: String) throws {
  let seal = try DrawRecords.read(Seal.self, path: files.seal)
  let header = try seal.readHeader()
  // Opening with any value checks frame, secret and root.
  _ = try seal.open(
    frame: readFrame(path: files.frame), secret: DrawRecords.readSecret(path: files.secret), beaconHex: "00",
    seenAt: header.beacon.due)
  try append(
    LedgerEntry(
      kind: .reveal, at: now, root: seal.root,
      facts: [("secret", try DrawRecords.readSecret(path: files.secret).hex), ("frame", header.frame.hex)]),
    to: ledgerPath)
}

/// `draw ledger verify`. - Parameter head: The published hash of the newest line; `nil` when there is none.
/// - Returns: Lines and the hash of the newest.
public func verifyLedger(path: String, head: String?) throws -> (lines: Int, head: String) {
  guard FileManager.default.fileExists(atPath: path) else {
    throw Problem("there is no ledger \(path)", remedy: "check the file's name")
  }
  let ledger = try DrawRecords.readLedger(path: path)
  try ledger.verify(file: path)
  if let head, head.lowercased() != ledger.head {
    throw Problem(
      "the newest line's hash is \(ledger.head), not \(head): lines are missing or others were written",
      at: SourcePlace(file: path), remedy: "compare with the copy whose head was published")
  }
  return (ledger.lines.count, ledger.head)
}

/// `draw override`: writes the visits that remain; the drawn file stays as it is.
public func overrideDraw(
  drawnPath: String, overridesPath: String, outPath: String, sealPath: String?, ledgerPath: String?, now: Instant
) throws -> OverriddenVisits {
  let drawn = try readOutcomes(path: drawnPath)
  let visits = try OverriddenVisits(
    drawn: drawn.map { ($0.id, $0.isDrawn) }, overrides: readOverrides(path: overridesPath), file: overridesPath)
  var ledger: String?
  if let ledgerPath {
    guard let sealPath else {
      throw Problem(
        "a ledger needs to know which draw is overridden", remedy: "give --seal as well", exitStatus: .usage)
    }
    ledger = try checkedLedger(
      adding: LedgerEntry(
        kind: .override, at: now, root: try DrawRecords.read(Seal.self, path: sealPath).root,
        facts: [
          ("added", String(visits.added)), ("dropped", String(visits.dropped)),
          ("overrides", try fileHash(overridesPath)),
        ]), to: ledgerPath)
  }
  var file = try OutputFile(path: outPath)
  try file.write("id,origin,reason,who\n")
  for visit in visits.visits {
    var line = CSVLine()
    line.add(visit.id)
    line.add(visit.origin.rawValue)
    line.add(visit.override?.reason ?? "")
    line.add(visit.override?.who ?? "")
    try file.write(line.end())
  }
  try file.commit()
  if let ledger, let ledgerPath { try writeText(ledger, path: ledgerPath) }
  return visits
}

private func fileHash(_ path: String) throws(Problem) -> String {
  do { return SHA256Digest(of: Array(try Data(contentsOf: URL(filePath: path)))).hex } catch {
    throw Problem("cannot read \(path): \(error.localizedDescription)", remedy: "check the file's name")
  }
}

private func writeText(_ text: String, path: String) throws(Problem) {
  var file = try OutputFile(path: path)
  try file.write(text)
  try file.commit()
}

private func append(_ entry: LedgerEntry, to path: String?) throws(Problem) {
  guard let path, let text = try checkedLedger(adding: entry, to: path) else { return }
  try writeText(text, path: path)
}

/// The whole text of a ledger with one line more; `nil` without a ledger.
///
/// - Throws: `Problem` when the ledger does not verify, before the line or with it.
private func checkedLedger(adding entry: LedgerEntry, to path: String?) throws(Problem) -> String? {
  guard let path else { return nil }
  let ledger = try DrawRecords.readLedger(path: path)
  try ledger.verify(file: path)
  let text = ledger.lines.map { $0.text + "\n" }.joined() + ledger.line(appending: entry) + "\n"
  try DrawRecords.parseLedger(text, file: path).verify(file: path)
  return text
}
