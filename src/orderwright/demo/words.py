"""Word lists of our own that names, streets, towns and brands of the demo are made up from. Nobody real is meant."""

FIRST_NAMES = tuple(
    "Ada Adaeze Aiko Alba Alma Amara Amir Ana Anders Anika Anton Arjun Astrid Aurora Bao Beatriz Ben Bianca Bjorn "
    "Bruno Camila Carlos Carmen Cecilia Chidi Chloe Clara Cleo Cyrus Dalia Dana Daniel Darius Deepa Diego Dina Dmitri "
    "Edith Elena Eli Eliot Elsa Emil Emma Enzo Esme Esther Ewa Ezra Farah Fatima Felix Femi Fiona Flora Freya Gabriel "
    "Gemma Gia Gita Grace Greta Gus Hana Hanna Hassan Hector Helga Henry Hugo Ida Imani Ines Ingrid Iris Isaac Isla "
    "Ivan Jada Jai Jamal Jana Jasper Joan Joao Jonas Jorge Josie Juan Julia June Kai Kamal Karin Kenji Khadija Kira "
    "Kofi Lars Layla Leah Leo Lila Lin Livia Lola Luca Lucia Luis Lydia Mai Malik Mara Marco Maren Mario Mateo Maya "
    "Mei Mila Milo Mina Mira Mohan Nadia Naomi Nell Nia Nico Nils Nina Noah Nora Odin Olga Oliver Omar Opal Oscar "
    "Otto Paula Pavel Petra Pia Priya Quinn Rafael Ravi Rita Roman Rosa Ruth Sadie Salma Samir Sanjay Sara Selma Sven "
    "Tara Tariq Tess Theo Tomas Uma Vera Victor Viola Wanda Wei Xenia Yara Yusuf Zara Zoe".split()
)

LAST_NAMES = tuple(
    "Abara Acosta Adler Aguilar Ahmadi Akers Alder Almeida Amsel Anand Arden Ashdown Atwater Avila Baird Banks Barros "
    "Bashir Becker Bell Berg Bhatt Birch Blake Boateng Bohm Bonner Bose Brandt Brook Burke Caldera Calloway Campos "
    "Cao Carver Castell Chandra Chen Clay Cole Corbin Costa Crane Cruz Dahl Danso Dasgupta Delgado Devine Diallo "
    "Dorsey Drake Duarte Dunn Eaves Eklund Ellery Emery Espinosa Faber Falk Farrow Fenn Ferro Finch Flint Fontaine "
    "Forde Frost Gallo Garner Gibbs Glass Goldin Gomes Grant Greer Grove Gupta Haas Hale Hamid Harlow Hart Hayashi "
    "Heath Herrera Holm Horn Howell Huang Ibarra Ibrahim Ito Ivers Jain Jansen Jarvis Joshi Kane Kapoor Karlsen Kaya "
    "Keller Kemp Khalil Kim Knox Koch Kovac Kurt Lam Lane Larkin Lehman Lim Linden Locke Lopes Lowe Lund Mace Mahler "
    "Marsh Mbeki Meadow Mehta Mendes Mercer Meyer Miro Molina Moreau Moss Nair Nakata Navarro Ngo Nolan Novak Nunez "
    "Nyberg Oakley Obi Okoro Olsen Ortiz Osei Pace Palmer Park Patel Pearl Penn Pereira Pham Pike Pinto Pohl Prado "
    "Quill Raman Ramos Reed Reyes Ridge Rios Rivas Roche Rook Rosen Rowe Rubin Saito Salas Salim Sand Santos Sato "
    "Schwarz Serrano Shah Sharp Silva Singh Slade Snow Sol Sorensen Stark Stone Storm Suzuki Tamm Tan Teller Thorne "
    "Tran Turay Ueda Vale Vance Vargas Vega Verne Vidal Voss Wade Walsh Weaver Weiss West Wilde Winter Wolfe Wong "
    "Wren Yamada Yates York Young Zeller Zhao Zorn".split()
)

STREETS = tuple(
    "Acorn Alder Anchor Apple Arbor Aspen Bay Beech Birch Bluff Bridge Brook Canal Cedar Cherry Chestnut Church "
    "Clover Cooper Creek Dogwood Elm Ferry Fern Field Fir Forest Garden Glen Grove Harbor Hazel Heron Hickory Hill "
    "Holly Ivy Juniper Lake Larch Laurel Lilac Linden Locust Magnolia Main Maple Meadow Mill Mulberry Oak Orchard "
    "Park Pear Pine Poplar Prairie Quarry River Rose Sage School Spring Spruce Station Summit Sycamore Tulip Valley "
    "View Walnut Water Willow".split()
)
STREET_KINDS = ("St", "St", "St", "Ave", "Ave", "Rd", "Ln", "Dr", "Ct", "Way")

TOWN_HEADS = tuple(
    "Alder Ash Barrow Bell Birch Black Bright Brook Cedar Clear Clover Copper Crow Dale Deer Eagle East Elk Ever Fair "
    "Fern Fox Glen Gold Gray Green Haven Hazel High Iron Kings Lake Laurel Linden Long Maple Marsh Mill Moss New "
    "North Oak Otter Pine Plain Quail Red Ridge River Rock Rose Salt Sand Silver South Spring Stone Sun Swan Thorn "
    "Timber Upper Vale Walnut West White Wild Willow Winter Wolf".split()
)
TOWN_TAILS = tuple(
    "boro bridge brook burg bury creek crest dale field ford gate grove ham haven hill hurst lake land ley mill mont "
    "mouth point port ridge side spring ston ton vale view ville water well wick wood worth".split()
)

COMPANIES = ("Bakery", "Cafe", "Catering", "Deli", "Diner", "Inn", "Kitchen", "Lodge", "Market", "Pantry", "School")

BRANDS = tuple(
    "Amberlane Applecart Barleymow Bluecrate Brightwell Butterfold Cartwheel Cobblers Copperpot Cornerpost Crofters "
    "Daybreak Dovecote Evergood Fairacre Farmgate Fernleaf Fieldnote Foxglove Goldenrow Goodacre Granary Greenhedge "
    "Halfmoon Harborside Haymeadow Hearthside Honeygrove Ironbridge Juniper&Co Kettlewell Lakehouse Larkfield "
    "Littlebarn Longtable Marigold Meadowlark Millstone Morningbell Nettlebed Northfield Oakpress Oldmill "
    "Orchard&Vine Pantrygate Pebblebrook Pinecrest Plainsong Quillfeather Redbarn Riverstone Rosethorn Saltbox "
    "Seabright Silverbirch Skylark Southgate Springhouse Starling Stonecrop Summerhill Sunfold Swallowtail Sweetwater "
    "Tablewell Thistledown Threebells Tinroof Truewheat Upland Valleyrose Wagonwheel Waterlily Wheatsheaf Whitecap "
    "Wildrye Windmere Woodpecker".split()
)
VARIETIES = tuple(
    "Classic Original Country Harvest Garden Family Golden Simple Homestyle Village Premium Everyday Heritage Fresh "
    "Natural Select Traditional Sunny Hearty Light".split()
)
