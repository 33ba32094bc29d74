internal import Grids
public import Quantities
public import Store

/// What a workspace holds.
public struct WorkspaceStatus: Sendable {
  /// The workspace's folder.
  public let path: String
  /// Name of the grid the workspace was made with.
  public let gridName: String
  /// In the order of their ingestion; removed ones are gone.
  public let files: [InputFile]
  /// What is stored, by kind of row in a fixed order; kinds without rows have 0.
  public let rowCounts: [(name: String, count: Int)]
  /// Days with data per kind; kinds without days are left out.
  public let days: [(kind: InputKind, days: [LocalDay])]
  /// Station ids that have readings but no position.
  public let undeclaredStations: [String]
  /// Meter ids that have load curves but no entry in a meters file.
  public let undeclaredMeters: [String]
  /// Of the latest date, not the last one made; `nil` before the first.
  public let lastPlan: PlanHeader?
}

/// Reads what `status` prints.
public func workspaceStatus(_ workspace: Workspace) throws -> WorkspaceStatus {
  WorkspaceStatus(
    path: workspace.path, gridName: try workspace.grid().name, files: try workspace.inputFiles(),
    rowCounts: try workspace.rowCounts(),
    days: try InputKind.allCases.map { (kind: $0, days: try workspace.availableDays($0)) }.filter { !$0.days.isEmpty },
    undeclaredStations: try workspace.undeclaredStations(), undeclaredMeters: try workspace.undeclaredMeters(),
    lastPlan: try workspace.plans().last)
}
