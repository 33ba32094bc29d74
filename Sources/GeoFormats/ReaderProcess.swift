internal import Diagnostics
internal import Foundation
internal import Synchronization

/// Reads files whose libraries do not survive damage in a process of their own.
///
/// Of 1,112 damaged copies of the synthetic swaths 121 crashed or hung the HDF5 library; none may take a plan with it.
/// The process is this executable again (``ReaderService``); requests and numbers go over a socket, so nothing is decoded
/// twice. It is killed when an answer takes too long.
public final class ReaderProcess {
  /// How fragile files are read; set once by the program, before the first file.
  public struct Settings: Sendable {
    /// Runs ``ReaderService``; `nil` reads in this process, as tests of the library do.
    public var executable: String?
    /// Longest wait for one answer: one window of a raster or one array.
    public var secondsToWait = 120.0

    /// - Parameter executable: A path that runs ``ReaderService`` when given its argument.
    public init(executable: String?) { self.executable = executable }
  }

  private static let shared = Mutex(Settings(executable: nil))

  /// For the whole process.
  public static var settings: Settings {
    get { shared.withLock(\.self) }
    set { shared.withLock { $0 = newValue } }
  }

  private let path: String
  private let pipe: ReaderPipe
  private let secondsToWait: Double
  private var process: pid_t

  /// - Returns: `nil` for files that can be read in this process.
  static func guarding(_ path: String) throws(Problem) -> ReaderProcess? {
    let settings = settings
    guard let executable = settings.executable, isFragile(path) else { return nil }
    return try ReaderProcess(path: path, executable: executable, secondsToWait: settings.secondsToWait)
  }

  private init(path: String, executable: String, secondsToWait: Double) throws(Problem) {
    var ends: [Int32] = [0, 0]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Self.cannotStart(path, errno) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], ReaderService.descriptor)
    for standard in Int32(0)...2 {
      posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", O_RDWR, 0)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Worker threads block signals, and a child inherits that.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var process: pid_t = 0
    var arguments = [strdup(executable), strdup(ReaderService.argument), nil]
    defer { for argument in arguments { free(argument) } }
    let status = posix_spawn(&process, executable, &actions, &attributes, &arguments, environ)
    close(ends[1])
    guard status == 0 else {
      close(ends[0])
      throw Self.cannotStart(path, status)
    }
    self.path = path
    self.secondsToWait = secondsToWait
    self.process = process
    pipe = ReaderPipe(descriptor: ends[0])
  }

  deinit {
    close(pipe.descriptor)
    end()
  }

  /// Sends a request and waits for the answer and its numbers.
  ///
  /// - Throws: The reader's own `Problem`, or one that says that the file ended it.
  func ask(_ request: ReaderRequest) throws(Problem) -> (reply: ReaderReply, numbers: [[Double]]) {
    do {
      try pipe.send(message: Array(try JSONEncoder().encode(request)))
      let text = try pipe.receiveMessage(secondsToWait: secondsToWait)
      let decoder = JSONDecoder()
      decoder.nonConformingFloatDecodingStrategy = .convertFromString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
      let reply = try decoder.decode(ReaderReply.self, from: Data(text))
      if let failure = reply.failure {
        throw Problem(
          failure.problem, remedy: failure.remedy, exitStatus: ExitStatus(rawValue: failure.exitStatus) ?? .data)
      }
      var numbers: [[Double]] = []
      for count in reply.counts {
        var values = [Double](repeating: .nan, count: count)
        try values.withUnsafeMutableBytes { bytes in
          guard let start = bytes.baseAddress else { return }
          try pipe.receive(into: start, bytes.count, secondsToWait)
        }
        numbers.append(values)
      }
      return (reply, numbers)
    } catch let problem as Problem {
      throw problem
    } catch ReaderPipe.Failure.late {
      end()
      throw Problem(
        "\(path) is damaged: reading it did not end within \(Int(secondsToWait)) s",
        remedy: "fetch the file again and compare its checksum with the provider's")
    } catch {
      let status = end()
      let signal = status & 0x7F
      throw Problem(
        "\(path) is damaged: reading it ended the reading process "
          + (signal == 0 ? "with status \(status >> 8 & 0xFF)" : "by signal \(signal)"),
        remedy: "fetch the file again and compare its checksum with the provider's")
    }
  }

  /// Kills the process if it still runs. - Returns: Its status as `waitpid` gives it.
  @discardableResult
  private func end() -> Int32 {
    guard process > 0 else { return 0 }
    var status: Int32 = 0
    // One that has ended by itself keeps its own status.
    if waitpid(process, &status, WNOHANG) == 0 {
      usleep(20_000)
      if waitpid(process, &status, WNOHANG) == 0 {
        kill(process, SIGKILL)
        waitpid(process, &status, 0)
      }
    }
    process = 0
    return status
  }

  private static func cannotStart(_ path: String, _ code: Int32) -> Problem {
    Problem(
      "cannot start a process to read \(path): \(String(cString: strerror(code)))",
      remedy: "free memory or process slots and try again")
  }

  /// HDF5, HDF4 and NetCDF files, virtual rasters, which may point at one, and whatever is no plain file.
  static func isFragile(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return true }
    defer { close(descriptor) }
    let hdf5: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    var bytes = [UInt8](repeating: 0, count: 512)
    var count = pread(descriptor, &bytes, 512, 0)
    if bytes.starts(with: "CDF".utf8) || bytes.starts(with: [0x0E, 0x03, 0x13, 0x01]) { return true }
    if String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).contains("<VRTDataset") { return true }
    // An HDF5 file may begin with a block of the user's own, of 512 bytes or a power of two times that.
    var place = 0
    while count >= 8 {
      if bytes.starts(with: hdf5) { return true }
      place = place == 0 ? 512 : place * 2
      count = pread(descriptor, &bytes, 8, place)
    }
    return false
  }
}

/// A raster behind a reading process.
final class GuardedRaster: RasterSource {
  private let process: ReaderProcess
  let facts: RasterFacts

  init(_ process: ReaderProcess, path: String, variable: String?) throws(Problem) {
    self.process = process
    guard let facts = try process.ask(.openRaster(path: path, variable: variable)).reply.raster else {
      throw Problem("\(path) cannot be read", remedy: "check the file")
    }
    self.facts = facts
  }

  func metadata(band: Int) throws(Problem) -> [String: String] {
    try process.ask(.metadata(band: band)).reply.entries ?? [:]
  }

  func blockSize(band: Int) throws(Problem) -> (width: Int, height: Int) {
    let shape = try process.ask(.blockSize(band: band)).reply.shape ?? []
    return shape.count == 2 ? (shape[0], shape[1]) : (0, 0)
  }

  func read(band: Int, window: RasterWindow) throws(Problem) -> [Double] {
    try process.ask(.read(band: band, columns: window.columns, rows: window.rows)).numbers.first ?? []
  }

  func cellCentres() throws(Problem) -> (xs: [Double], ys: [Double], coordinateSystem: String?) {
    let (reply, numbers) = try process.ask(.cellCentres)
    return numbers.count == 2 ? (numbers[0], numbers[1], reply.text) : ([], [], nil)
  }
}

/// Arrays behind a reading process.
final class GuardedArrays: ArraySource {
  private let process: ReaderProcess
  let names: [String]

  init(_ process: ReaderProcess, path: String) throws(Problem) {
    self.process = process
    names = try process.ask(.openArrays(path: path)).reply.names ?? []
  }

  func read(_ name: String) throws(Problem) -> FileArray {
    let (reply, numbers) = try process.ask(.array(name: name))
    return FileArray(shape: reply.shape ?? [], values: numbers.first ?? [], unit: reply.text ?? "")
  }
}
