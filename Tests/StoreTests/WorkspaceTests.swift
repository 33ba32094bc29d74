import Diagnostics
import Foundation
import Grids
import Store
import TestSupport
import Testing

@Suite struct WorkspaceTests {
  @Test func `a new workspace opens again with its grid and policy`() throws {
    let path = try testWorkspace().path
    let workspace = try Workspace.open(at: path)
    #expect(try workspace.grid() == testGrid())
    #expect(try workspace.gridText() == "name: test\n")
    #expect(try workspace.policyText() == "a: 1\n")
    #expect(FileManager.default.fileExists(atPath: workspace.rejectsPath))
    #expect(FileManager.default.fileExists(atPath: workspace.cachePath))
  }

  @Test func `a workspace is not made over another`() throws {
    let path = try testWorkspace().path
    #expect(throws: WorkspaceError.exists(path: path)) {
      try Workspace.create(at: path, grid: testGrid(), gridText: "", policyText: nil)
    }
  }

  @Test func `a folder without database is refused with a remedy`() throws {
    let path = try TestFiles.temporaryFolder().path
    let error = #expect(throws: WorkspaceError.self) { try Workspace.open(at: path) }
    #expect(error == .notAWorkspace(path: path))
    #expect(error?.remedy.contains("hotgrid init") == true)
    #expect(error?.exitStatus == .usage)
  }

  @Test func `a workspace of a newer version is refused and left alone`() throws {
    let path = try testWorkspace().path
    try sqlite("\(path)/\(Workspace.databaseName)", "PRAGMA user_version = 99")
    let error = #expect(throws: WorkspaceError.self) { try Workspace.open(at: path) }
    #expect(error == .newer(path: path, version: 99, known: 3))
    #expect(error?.problem.contains("99") == true)
  }

  @Test func `a database of another program is refused`() throws {
    let path = try testWorkspace().path
    try sqlite("\(path)/\(Workspace.databaseName)", "PRAGMA application_id = 7")
    #expect(throws: WorkspaceError.foreign(path: path)) { try Workspace.open(at: path) }
  }

  @Test func `a file that is no database is refused`() throws {
    let path = try TestFiles.temporaryFolder().path
    try Data("time,pm25\n2017-11-21,3\n".utf8 + [UInt8](repeating: 65, count: 2000)).write(
      to: URL(filePath: "\(path)/\(Workspace.databaseName)"))
    #expect(throws: WorkspaceError.foreign(path: path)) { try Workspace.open(at: path) }
  }

  @Test func `a failed step keeps nothing`() throws {
    struct Stop: Error {}
    let workspace = try testWorkspace()
    var batch = IngestBatch()
    batch.stations = [testStation("A")]
    #expect(throws: Stop.self) {
      try workspace.ingest(testRecord(.stations, hash: "a"), batch: batch) { throw Stop() }
    }
    #expect(try workspace.inputFiles().isEmpty)
    #expect(try workspace.stations().values.isEmpty)
  }

  @Test func `the same bytes are kept once per kind`() throws {
    let workspace = try testWorkspace()
    var batch = IngestBatch()
    batch.stations = [testStation("A")]
    let first = try workspace.ingest(testRecord(.stations, hash: "a"), batch: batch)
    let second = try workspace.ingest(testRecord(.stations, hash: "a", name: "copy.csv"), batch: batch)
    #expect(second == .alreadyKnown(first.file))
    #expect(try workspace.inputFiles() == [first.file])
    let replaced = try workspace.ingest(testRecord(.stations, hash: "a"), batch: batch, replacing: true)
    #expect(try workspace.inputFiles() == [replaced.file])
    #expect(replaced.file.id != first.file.id)
    #expect(try workspace.stations().files == [replaced.file.id])
  }

  @Test func `two writers meet without losing a file`() throws {
    let path = try testWorkspace().path
    let workspaces = try (0..<2).map { _ in try Workspace.open(at: path) }
    DispatchQueue.concurrentPerform(iterations: 2) { writer in
      for k in 0..<20 {
        _ = try? workspaces[writer].ingest(testRecord(.wind, hash: "\(writer)-\(k)"), batch: IngestBatch())
      }
    }
    #expect(try workspaces[0].inputFiles().count == 40)
  }

  @Test func `a full disk is named and nothing of the step is kept`() throws {
    let path = try testWorkspace().path
    var batch = IngestBatch()
    batch.settings = [("large", String(repeating: "x", count: 4_000_000))]
    // A page limit makes SQLite answer as a full disk does.
    let workspace = try Workspace.open(at: path, pageLimit: 120)
    let error = #expect(throws: WorkspaceError.self) {
      try workspace.ingest(testRecord(.wind, hash: "w"), batch: batch)
    }
    #expect(error == .diskFull(path: path))
    #expect(try workspace.inputFiles().isEmpty)
  }

  private func sqlite(_ database: String, _ statement: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    let script = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()"
    process.arguments = ["python3", "-c", script, database, statement]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }
}
