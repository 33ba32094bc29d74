// swift-tools-version: 6.2
import PackageDescription

// The house, bottom up. A target imports only from lower floors; `tools/check_layers.py` holds the floors
// and CI builds with --explicit-target-dependency-import-check error.

let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies, swiftSettings: strict)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
  name: "hotgrid",
  products: [.executable(name: "hotgrid", targets: ["hotgrid"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // Floor 0: module maps over system headers.
    .systemLibrary(name: "CGEOS", pkgConfig: "geos", providers: [.apt(["libgeos-dev"])]),
    .systemLibrary(name: "CPROJ", pkgConfig: "proj", providers: [.apt(["libproj-dev"])]),
    .systemLibrary(name: "CGDAL", pkgConfig: "gdal", providers: [.apt(["libgdal-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    // Floor 1
    room("Diagnostics", []),
    room("Quantities", []),
    room("Digests", ["CCrypto"]),
    room("Threads", []),
    room("Randomness", []),
    // Floor 2
    room("Tables", ["Diagnostics", "Quantities"]),
    room("Geometry", ["CGEOS", "CPROJ", "Diagnostics"]),
    room("GeoFormats", ["CGDAL", "Geometry", "Diagnostics"]),
    // Floor 3
    room("Grids", ["Geometry", "Quantities", "Diagnostics"]),
    room("Readings", ["Quantities", "Geometry", "Diagnostics"]),
    room("Enterprises", ["Quantities", "Geometry", "Diagnostics"]),
    // Floor 4
    room("Gridding", ["Readings", "Grids", "Geometry", "Quantities", "Diagnostics"]),
    room("SpatialStatistics", ["Threads", "Randomness", "Grids", "Diagnostics"]),
    room("Sampling", ["Threads", "Digests", "Quantities", "Diagnostics"]),
    room("Routing", ["Threads", "Randomness"]),
    room("Inspections", ["Digests", "Quantities", "Diagnostics"]),
    // Floor 5, but last in the order of the data: what came of the visits, seen from the draw
    room(
      "Evaluation",
      ["Inspections", "Sampling", "SpatialStatistics", "Threads", "Randomness", "Quantities", "Diagnostics"]),
    // Floors 5, 6, 7: what is bad, what may be why, what comes first
    room(
      "Surfaces",
      [
        "Threads", "Randomness", "SpatialStatistics", "Gridding", "Grids", "Readings", "Geometry", "Quantities",
        "Diagnostics",
      ]),
    room(
      "Hotspots",
      ["Threads", "Randomness", "SpatialStatistics", "Geometry", "Grids", "Readings", "Quantities", "Diagnostics"]),
    room(
      "Evidence",
      [
        "Threads", "Randomness", "SpatialStatistics", "Hotspots", "Enterprises", "Readings", "Grids", "Geometry",
        "Quantities", "Diagnostics",
      ]),
    room(
      "Ranking",
      [
        "Evidence", "Hotspots", "Surfaces", "SpatialStatistics", "Enterprises", "Sampling", "Inspections", "Readings",
        "Grids", "Geometry", "Quantities", "Diagnostics",
      ]),
    // Floor 8
    room(
      "Ingest",
      [
        "CZlib", "Tables", "Threads", "GeoFormats", "Geometry", "Grids", "Readings", "Enterprises", "Gridding",
        "SpatialStatistics", "Sampling", "Inspections", "Evaluation", "Ranking", "Evidence", "Digests",
        "Quantities", "Diagnostics", yams,
      ]),
    room(
      "Store",
      [
        "CZlib", "Geometry", "Grids", "Readings", "Enterprises", "Gridding", "Hotspots", "Evidence", "Ranking",
        "Sampling", "Inspections",
        "Digests", "Quantities", "Diagnostics", grdb,
      ]),
    room("Export", ["Tables", "Threads", "GeoFormats", "Geometry", "Grids", "Quantities", "Diagnostics"]),
    room(
      "Reports",
      [
        "Geometry", "Grids", "Readings", "Enterprises", "Hotspots", "Evidence", "Evaluation", "Ranking", "Sampling",
        "Quantities", "Diagnostics",
      ]),
    room(
      "SyntheticWorld",
      ["Randomness", "Inspections", "Geometry", "Grids", "Readings", "Enterprises", "Quantities", "Diagnostics"]),
    // Floor 9
    room(
      "Workflows",
      [
        "Threads", "Randomness", "Ingest", "Store", "Export", "Reports", "SyntheticWorld", "Ranking", "Evidence",
        "Hotspots",
        "Evaluation", "Inspections", "Routing", "Surfaces",
        "Sampling",
        "SpatialStatistics", "Gridding", "Enterprises", "Readings", "Grids", "GeoFormats", "Geometry", "Tables",
        "Digests",
        "Quantities", "Diagnostics",
      ]),
    // Floor 10
    .executableTarget(
      name: "hotgrid",
      dependencies: [
        "Workflows", "Ingest", "Store", "Export", "Reports", "Ranking", "Evaluation", "Evidence", "Hotspots",
        "Surfaces",
        "Sampling", "Routing", "Inspections",
        "SpatialStatistics", "SyntheticWorld", "Gridding", "Enterprises", "Readings", "Grids", "GeoFormats", "Geometry",
        "Digests",
        "Quantities",
        "Diagnostics", argumentParser,
      ],
      swiftSettings: strict),
    // Tests
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    tests("Quantities", []),
    tests("Digests", []),
    tests("Randomness", []),
    tests("Tables", ["Quantities", "Diagnostics"]),
    tests("Geometry", ["Randomness", "Diagnostics"]),
    tests("GeoFormats", ["Geometry", "Diagnostics"]),
    tests("Grids", ["Randomness", "Geometry", "Quantities", "Diagnostics"]),
    tests("Readings", ["Quantities", "Geometry"]),
    tests("Enterprises", ["Quantities", "Geometry"]),
    tests("Gridding", ["Readings", "Grids", "Geometry", "Quantities", "Diagnostics"]),
    tests("SpatialStatistics", ["Randomness", "Grids"]),
    tests("Sampling", ["Randomness", "Digests", "Quantities", "Diagnostics"]),
    tests("Routing", []),
    tests("Inspections", ["Digests", "Quantities", "Diagnostics"]),
    tests("Hotspots", ["SpatialStatistics", "Geometry", "Grids", "Readings", "Quantities"]),
    tests(
      "Evidence",
      ["Randomness", "SpatialStatistics", "Hotspots", "Enterprises", "Readings", "Grids", "Geometry", "Quantities"]),
    tests("Evaluation", ["Randomness", "Inspections", "Sampling", "Quantities", "Diagnostics"]),
    tests(
      "Ranking", ["Evidence", "Hotspots", "Enterprises", "Sampling", "Inspections", "Grids", "Geometry", "Quantities"]),
    tests(
      "Ingest",
      [
        "CZlib", "Tables", "GeoFormats", "Geometry", "Grids", "Readings", "Enterprises", "Gridding", "Sampling",
        "Inspections", "Evaluation", "Ranking", "Evidence",
        "Digests",
        "Quantities",
        "Diagnostics",
      ]),
    tests(
      "Store",
      [
        "Geometry", "Grids", "Readings", "Enterprises", "Gridding", "Hotspots", "Evidence", "Ranking", "Sampling",
        "Digests",
        "Quantities",
        "Diagnostics",
      ]),
    tests("Surfaces", ["Randomness", "Grids", "Readings", "Geometry", "Quantities", "Diagnostics"]),
    tests("Export", ["GeoFormats", "Geometry", "Grids", "Quantities", "Diagnostics"]),
    tests(
      "Reports",
      ["Geometry", "Grids", "Readings", "Enterprises", "Hotspots", "Evidence", "Ranking", "Sampling", "Quantities"]),
    tests(
      "SyntheticWorld", ["Inspections", "Geometry", "Grids", "Readings", "Enterprises", "Quantities", "Diagnostics"]),
    tests(
      "Workflows",
      ["Store", "Evidence", "Hotspots", "SpatialStatistics", "Grids", "Quantities", "Diagnostics"]),
    .testTarget(name: "CommandLineTests", dependencies: ["TestSupport", "hotgrid", "Ingest"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)

// A few rooms and what stands below them, for quick builds: HOTGRID_ROOMS=Sampling,SamplingTests swift test
// (give such builds a --scratch-path of their own).
if let wanted = Context.environment["HOTGRID_ROOMS"], !wanted.isEmpty {
  var names = Set(wanted.split(separator: ",").map(String.init))
  var grew = true
  while grew {
    grew = false
    for target in package.targets where names.contains(target.name) {
      for dependency in target.dependencies {
        if case .byNameItem(let name, _) = dependency, names.insert(name).inserted { grew = true }
      }
    }
  }
  package.targets.removeAll { !names.contains($0.name) }
  package.products.removeAll { !names.contains($0.name) }
}
