import PFSim

print(RuleReference.none)
