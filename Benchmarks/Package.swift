// swift-tools-version: 6.1
import PackageDescription

/// One benchmark executable below Benchmarks/.
func benchmark(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .executableTarget(
    name: name,
    dependencies: [
      .product(name: "Benchmark", package: "benchmark"),
      .product(name: "PFSim", package: "pfsim"),
    ] + dependencies,
    path: "Benchmarks/\(name)",
    plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
}

let package = Package(
  name: "pfsim-benchmarks",
  platforms: [.macOS(.v13)],
  dependencies: [
    .package(name: "pfsim", path: "../"),
    .package(url: "https://github.com/ordo-one/benchmark.git", from: "1.38.1", traits: []),
  ],
  targets: [
    .target(
      name: "CYardstick", path: "Sources/CYardstick", cSettings: [.unsafeFlags(["-O3"])]),
    .executableTarget(
      name: "yardstick",
      dependencies: ["CYardstick", .product(name: "PFSim", package: "pfsim")],
      path: "Sources/Yardstick"),
    .executableTarget(name: "curves", path: "Sources/Curves"),
    benchmark("Parsing"),
    benchmark("RuleEvaluation"),
    benchmark("StateTable"),
    benchmark("Tables"),
    benchmark("Replay"),
  ],
  swiftLanguageModes: [.v6]
)
